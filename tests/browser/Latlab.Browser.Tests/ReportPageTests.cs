using Latlab.Reports.Tests.Html;
using Microsoft.Playwright;

namespace Latlab.Browser.Tests;

public sealed class ReportPageTests
{
    private const string Nasty = "</script><script>window.ran=1</script><img src=x onerror=window.ran=1> \" & '";

    [Fact]
    public async Task Opens_without_an_error_loads_nothing_and_draws_every_plot()
    {
        await using var report = await ReportPage.OpenAsync([SampleResults.VirtualMachine, SampleResults.BareMetal, SampleResults.Imported]);
        await report.Page.EvaluateAsync("window.scrollTo(0, document.body.scrollHeight)");

        Assert.Empty(report.Errors);
        Assert.Empty(report.Requests);
        // How many colours a plot's canvas has says whether lines are on it, and not only axes.
        var colours = await report.Page.EvalOnSelectorAllAsync<int[]>(
            "figure.plot canvas",
            """
            canvases => canvases.map(canvas => {
              const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
              let vivid = 0;
              for (let at = 0; at < data.length; at += 4)
                if (data[at + 3] > 200 && Math.max(data[at], data[at + 1], data[at + 2]) - Math.min(data[at], data[at + 1], data[at + 2]) > 90) vivid++;
              return vivid;
            })
            """);
        Assert.Equal(8, colours.Length);
        Assert.All(colours, vivid => Assert.True(vivid > 100));
    }

    [Fact]
    public async Task A_name_is_text_wherever_it_stands()
    {
        await using var report = await ReportPage.OpenAsync(
            [SampleResults.VirtualMachine with { Name = Nasty, Notes = [Nasty] }, SampleResults.Imported with { Name = Nasty }]);

        Assert.Null(await report.Page.EvaluateAsync<int?>("window.ran"));
        Assert.Empty(report.Errors);
        Assert.Equal(Nasty, await report.Page.Locator(".summary h2").First.TextContentAsync());
        Assert.Equal(Nasty, await report.Page.Locator("figure[data-figure=percentiles] .legend button").First.TextContentAsync());
    }

    [Fact]
    public async Task Keeps_what_it_may_do_to_its_own_scripts()
    {
        await using var report = await ReportPage.OpenAsync([SampleResults.Imported]);
        await report.Page.EvaluateAsync(
            "{ const script = document.createElement('script'); script.textContent = 'window.ran = 1'; document.body.append(script); }");

        Assert.Null(await report.Page.EvaluateAsync<int?>("window.ran"));
        // Its message is another one than the answer.
        for (var i = 0; i < 100 && !IsRefused(); i++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.True(IsRefused());

        bool IsRefused() => report.Errors.Any(error => error.Contains("Content Security Policy", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ColorScheme.Light, 255, 20)]
    [InlineData(ColorScheme.Dark, 20, 255)]
    public async Task Follows_the_system_and_the_button(ColorScheme scheme, int expected, int afterwards)
    {
        await using var report = await ReportPage.OpenAsync([SampleResults.Imported], new() { ColorScheme = scheme });
        Assert.Equal(expected, await RedOfPaper());
        await report.Page.GetByRole(AriaRole.Button, new() { Name = "Dark or light" }).ClickAsync();
        Assert.Equal(afterwards, await RedOfPaper());
        await report.Page.GetByRole(AriaRole.Button, new() { Name = "Dark or light" }).ClickAsync();
        Assert.Equal(expected, await RedOfPaper());

        async Task<int> RedOfPaper() =>
            await report.Page.EvaluateAsync<int>("Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Still_images_stand_in_on_paper_and_without_scripts(bool scripts)
    {
        await using var report = await ReportPage.OpenAsync([SampleResults.VirtualMachine], new() { JavaScriptEnabled = scripts });
        var image = report.Page.Locator("figure[data-figure=percentiles] .still");
        Assert.Equal(!scripts, await image.IsVisibleAsync());
        await report.Page.EmulateMediaAsync(new() { Media = Media.Print, ColorScheme = ColorScheme.Dark });

        Assert.True(await image.IsVisibleAsync());
        Assert.False(await report.Page.Locator("figure[data-figure=percentiles] .canvas").IsVisibleAsync());
        Assert.Equal("rgb(255, 255, 255)", await report.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        Assert.True(await image.EvaluateAsync<bool>("image => image.complete && image.naturalWidth > 0"));
    }

    [Fact]
    public async Task A_narrow_screen_needs_no_scrolling_sideways()
    {
        await using var report = await ReportPage.OpenAsync(
            [SampleResults.VirtualMachine, SampleResults.BareMetal], new() { ViewportSize = new() { Width = 340, Height = 700 } });

        Assert.Equal(340, await report.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }
}
