using System.Collections.Concurrent;
using Latlab.Measurement.Results;
using Latlab.Reports.Html;
using Microsoft.Playwright;

namespace Latlab.Browser.Tests;

/// <summary>A report in Debian's Chromium, and what went wrong in it.</summary>
internal sealed class ReportPage : IAsyncDisposable
{
    private const string Chromium = "/usr/bin/chromium";

    private readonly string _file;
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly List<string> _requests = [];
    private readonly ConcurrentQueue<string> _errors = [];

    private ReportPage(string file, IPlaywright playwright, IBrowser browser, IPage page)
    {
        (_file, _playwright, _browser, Page) = (file, playwright, browser, page);
        page.Request += (_, request) => _requests.Add(request.Url);
        page.PageError += (_, error) => _errors.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _errors.Enqueue(message.Text);
            }
        };
    }

    public IPage Page { get; }

    /// <summary>What scripts and the browser complained about.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>What was loaded beside the page itself and the images in it.</summary>
    public IEnumerable<string> Requests => _requests.Where(url => !url.StartsWith("data:", StringComparison.Ordinal) && url != new Uri(_file).AbsoluteUri);

    public static async Task<ReportPage> OpenAsync(IReadOnlyList<AnalysisResult> results, BrowserNewPageOptions? options = null)
    {
        if (!File.Exists(Chromium))
        {
            throw new InvalidOperationException($"{Chromium}: missing; run \"apt-get install chromium\", or \"hack/test --browser\", which does");
        }

        var file = Path.Combine(Path.GetTempPath(), $"latlab-report-{Guid.NewGuid():N}.html");
        HtmlReport.Write(file, results);
        var playwright = await Playwright.CreateAsync();
        // Chromium has no sandbox for root, and the page is ours.
        var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
        var report = new ReportPage(file, playwright, browser, await browser.NewPageAsync(options));
        await report.Page.GotoAsync(new Uri(file).AbsoluteUri);
        return report;
    }

    /// <summary>A plot that has the focus.</summary>
    public async Task<ILocator> FocusAsync(string figure)
    {
        var plot = Page.Locator($"figure[data-figure={figure}] .canvas");
        await plot.FocusAsync();
        return plot;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        File.Delete(_file);
    }
}
