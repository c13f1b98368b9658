namespace Latlab.Reports.Html;

/// <summary>A table with a row for each thing: packets, episodes, flows.</summary>
internal static class ListTable
{
    /// <summary>Writes it; nothing when there are no rows.</summary>
    public static void Write(HtmlWriter page, string caption, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<Cell>> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        page.Start("div", ("class", "scroll")).Start("table").Element("caption", caption).Start("thead").Start("tr");
        foreach (var (index, column) in columns.Index())
        {
            page.Element("th", column, ("scope", "col"), ("class", rows[0][index].IsText ? "words" : null));
        }

        page.End().End().Start("tbody");
        foreach (var row in rows)
        {
            page.Start("tr");
            foreach (var cell in row)
            {
                ResultTable.Write(page, cell);
            }

            page.End();
        }

        page.End().End().End();
    }
}
