using Latlab.Measurement.Results;

namespace Latlab.Reports.Html;

/// <summary>The top of the page: what it is, and what is in it.</summary>
internal static class PageHeader
{
    public static void Write(HtmlWriter page, string title, IReadOnlyList<AnalysisResult> results, IReadOnlyList<Section> sections)
    {
        page.Start("header").Element("h1", title);
        page.Element("button", "Dark or light", ("type", "button"), ("class", "theme"), ("hidden", ""));
        page.Start("nav", ("aria-label", "Contents")).Start("ul");
        foreach (var section in sections)
        {
            page.Start("li").Element("a", section.Title, ("href", $"#{section.Id}")).End();
        }

        page.End().End();
        if (results.Any(result => result.Partial))
        {
            page.Element("p", "An analysis was interrupted: the numbers of a partial result are of a part of its captures.", ("class", "alarm"), ("role", "note"));
        }

        page.End();
    }
}
