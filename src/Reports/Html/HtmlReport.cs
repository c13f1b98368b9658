using Latlab.Measurement.Captures;
using Latlab.Measurement.Results;
using Latlab.Reports.Plots;

namespace Latlab.Reports.Html;

/// <summary>A report of results as one page that needs no network and nothing beside it.</summary>
public static class HtmlReport
{
    /// <summary>Writes the page.</summary>
    /// <param name="path">Its file; replaced when it is there, and only once the page is whole.</param>
    /// <param name="results">One or several: side by side in tables, over each other in plots.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<AnalysisResult> results)
    {
        var page = System.Text.Encoding.UTF8.GetBytes(Page(results));
        AtomicFile.Write(path, stream => stream.Write(page));
    }

    /// <summary>The page as text.</summary>
    internal static string Page(IReadOnlyList<AnalysisResult> results)
    {
        var named = DistinctNames.Of(results);
        var figures = Figures.Of(named);
        List<Section> sections =
        [
            .. LatencySections.Of(named, figures),
            .. TimeSections.Of(named, figures),
            .. PacketSections.Of(named),
            .. OriginSections.Of(named),
            DefinitionsSection.Create(),
        ];
        var title = $"Latency: {string.Join(", ", named.Select(result => result.Name))}";
        var page = new HtmlWriter();
        page.Raw("<!doctype html>\n").Start("html", ("lang", "en"));
        WriteHead(page, title);
        page.Start("body").Element("a", "Skip to the results", ("class", "skip"), ("href", "#main"));
        PageHeader.Write(page, title, named, sections);
        page.Start("main", ("id", "main"));
        SummarySection.Write(page, named);
        foreach (var section in sections)
        {
            section.WriteTo(page);
        }

        page.End();
        PageFooter(page, named);
        foreach (var script in PageAssets.Scripts)
        {
            page.Start("script").Raw(script).End();
        }

        return page.End().End().ToString();
    }

    private static void WriteHead(HtmlWriter page, string title)
    {
        page.Start("head")
            .Void("meta", ("charset", "utf-8"))
            .Void("meta", ("http-equiv", "Content-Security-Policy"), ("content", PageAssets.SecurityPolicy))
            .Void("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"))
            .Void("meta", ("name", "color-scheme"), ("content", "light dark"))
            .Element("title", title);
        foreach (var style in PageAssets.Styles)
        {
            page.Start("style").Raw(style).End();
        }

        page.End();
    }

    private static void PageFooter(HtmlWriter page, IReadOnlyList<AnalysisResult> results) => page.Start("footer")
        .Element("p", $"Made by latlab {typeof(HtmlReport).Assembly.GetName().Version?.ToString(3)} from results of {string.Join(", ", results.Select(result => result.MadeBy).Distinct())}. Plots on the screen are drawn with uPlot (MIT; notice in the source of this page).")
        .End();
}
