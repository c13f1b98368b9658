using System.Globalization;
using Latlab.Reports.Tests.Html;
using Microsoft.Playwright;

namespace Latlab.Browser.Tests;

public sealed class ZoomTests
{
    [Fact]
    public async Task Keys_zoom_move_and_show_all_again()
    {
        await using var report = await ReportPage.OpenAsync([SampleResults.VirtualMachine]);
        var plot = await report.FocusAsync("worst");
        var all = await Shown(plot);

        await plot.PressAsync("+");
        var closer = await Shown(plot);
        Assert.Equal((all.To - all.From) / 2, closer.To - closer.From, tolerance: 1e-9);
        Assert.InRange(closer.From, all.From, closer.To);

        await plot.PressAsync("ArrowRight");
        var moved = await Shown(plot);
        Assert.True(moved.From > closer.From);
        Assert.Equal(closer.To - closer.From, moved.To - moved.From, tolerance: 1e-9);

        await plot.PressAsync("ArrowLeft");
        await plot.PressAsync("-");
        Assert.Equal(all.From, (await Shown(plot)).From, tolerance: 1e-9);
        await plot.PressAsync("+");
        await plot.PressAsync("+");
        await plot.PressAsync("0");
        Assert.Equal(all, await Shown(plot));
        Assert.Empty(report.Errors);
    }

    [Fact]
    public async Task Keys_do_not_leave_what_there_is_and_do_not_take_the_browsers_own()
    {
        await using var report = await ReportPage.OpenAsync([SampleResults.VirtualMachine]);
        var plot = await report.FocusAsync("percentiles");
        var all = await Shown(plot);
        await plot.PressAsync("-");
        await plot.PressAsync("ArrowLeft");
        await plot.PressAsync("Control+0");
        Assert.Equal(all, await Shown(plot));
        await plot.PressAsync("+");
        for (var times = 0; times < 10; times++)
        {
            await plot.PressAsync("ArrowRight");
        }

        Assert.Equal(all.To, (await Shown(plot)).To, tolerance: all.To * 1e-9);
    }

    [Fact]
    public async Task Dragging_shows_what_was_dragged_over()
    {
        await using var report = await ReportPage.OpenAsync([SampleResults.VirtualMachine]);
        var plot = await report.FocusAsync("worst");
        await plot.ScrollIntoViewIfNeededAsync();
        var all = await Shown(plot);
        var area = await plot.Locator(".u-over").BoundingBoxAsync() ?? throw new InvalidOperationException("the plot has no area");
        var middle = area.Y + (area.Height / 2);
        await report.Page.Mouse.MoveAsync(area.X + (area.Width / 4), middle);
        await report.Page.Mouse.DownAsync();
        await report.Page.Mouse.MoveAsync(area.X + (area.Width / 2), middle, new() { Steps = 5 });
        await report.Page.Mouse.UpAsync();

        var shown = await Shown(plot);
        // To a pixel or two.
        var pixel = (all.To - all.From) / area.Width;
        Assert.Equal(all.From + ((all.To - all.From) / 4), shown.From, tolerance: 2 * pixel);
        Assert.Equal((all.From + all.To) / 2, shown.To, tolerance: 2 * pixel);
    }

    [Fact]
    public async Task The_focus_can_be_seen_and_a_plot_says_what_its_keys_are()
    {
        await using var report = await ReportPage.OpenAsync([SampleResults.Imported]);
        var button = report.Page.Locator("figure[data-figure=percentiles] .zoom button").Last;
        await button.FocusAsync();
        await report.Page.Keyboard.PressAsync("Tab");

        Assert.Equal("canvas", await report.Page.EvaluateAsync<string>("document.activeElement.className.split(' ')[0]"));
        Assert.Equal("solid", await report.Page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
        var label = await report.Page.EvaluateAsync<string>("document.activeElement.getAttribute('aria-label')");
        Assert.Contains("Latency by percentile", label, StringComparison.Ordinal);
        Assert.Contains("plus and minus", label, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_series_can_be_hidden_and_its_numbers_read_as_a_table()
    {
        await using var report = await ReportPage.OpenAsync([SampleResults.VirtualMachine, SampleResults.Imported]);
        var figure = report.Page.Locator("figure[data-figure=percentiles]");
        const string picture = "figure => figure.querySelector('canvas').toDataURL()";
        var before = await figure.EvaluateAsync<string>(picture);
        var button = figure.Locator(".legend button").First;
        await button.ClickAsync();
        Assert.Equal("false", await button.GetAttributeAsync("aria-pressed"));
        Assert.NotEqual(before, await figure.EvaluateAsync<string>(picture));

        await figure.Locator("summary").ClickAsync();
        var rows = figure.Locator("tbody tr");
        await Assertions.Expect(rows.First).ToBeVisibleAsync();
        Assert.True(await rows.CountAsync() > 99);
        var row = await rows.Filter(new() { HasText = "published" }).First.InnerTextAsync();
        Assert.StartsWith("published\t1\t5.02", row, StringComparison.Ordinal);
    }

    private static async Task<(double From, double To)> Shown(ILocator plot)
    {
        return (await Number("data-from"), await Number("data-to"));

        async Task<double> Number(string name) => double.Parse(await plot.GetAttributeAsync(name) ?? "", CultureInfo.InvariantCulture);
    }
}
