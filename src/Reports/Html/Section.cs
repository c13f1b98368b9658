namespace Latlab.Reports.Html;

/// <summary>A part of the page, with its entry in the contents.</summary>
/// <param name="Id">For links.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Write">Writes what stands below the heading.</param>
internal sealed record Section(string Id, string Title, Action<HtmlWriter> Write)
{
    /// <summary>Writes it with its heading.</summary>
    public void WriteTo(HtmlWriter page)
    {
        page.Start("section", ("id", Id), ("aria-labelledby", $"{Id}-title")).Element("h2", Title, ("id", $"{Id}-title"));
        Write(page);
        page.End();
    }
}
