using System.Text;
using Latlab.Reports.Plots;

namespace Latlab.Reports.Html;

/// <summary>
/// A plot on the page: an image, which is what is printed and what is there without scripts, and the data from which the script makes one
/// that can be zoomed, and a table for those who do not see it.
/// </summary>
internal static class FigureBlock
{
    /// <summary>Writes it.</summary>
    public static void Write(HtmlWriter page, Figure figure)
    {
        var caption = $"{figure.Id}-caption";
        page.Start("figure", ("class", "plot"), ("data-figure", figure.Id))
            .Void(
                "img",
                ("class", "still"),
                ("alt", $"{figure.Title}. {figure.Caption}"),
                ("width", $"{FigureRenderer.Page.Width}"),
                ("height", $"{FigureRenderer.Page.Height}"),
                ("src", Image(figure)))
            .Element("div", "", ("class", "legend"), ("role", "group"), ("aria-label", $"{figure.Title}: what is shown"))
            .Element("div", "", ("class", "canvas"), ("aria-describedby", caption))
            .Element("output", "", ("class", "readout"))
            .Start("figcaption", ("id", caption)).Element("strong", figure.Title).Text($". {figure.Caption}").End()
            .Start("details").Element("summary", $"Data of “{figure.Title}” as a table").Start("div", ("class", "scroll")).End().End()
            .Start("script", ("type", "application/json"), ("id", $"data-{figure.Id}")).Raw(FigureJson.Of(figure)).End()
            .End();
    }

    /// <summary>As an image of its own: names within one SVG would mean those of another in the same page.</summary>
    private static string Image(Figure figure) =>
        $"data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(FigureRenderer.Svg(figure, FigureRenderer.Page)))}";
}
