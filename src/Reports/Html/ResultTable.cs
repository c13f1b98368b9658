using Latlab.Measurement.Results;

namespace Latlab.Reports.Html;

/// <summary>A table with a row for each number and a column for each result.</summary>
internal sealed class ResultTable(IReadOnlyList<AnalysisResult> results)
{
    private readonly List<(string Label, string? Hint, IReadOnlyList<Cell> Cells)> _rows = [];

    /// <summary>Whether no result has any of its numbers.</summary>
    public bool IsEmpty => _rows.Count == 0;

    /// <summary>A row; left out when no result has the number.</summary>
    /// <param name="label">What it is.</param>
    /// <param name="cell">The cell of a result.</param>
    /// <param name="hint">What it means, on its label; null for nothing.</param>
    public ResultTable Row(string label, Func<AnalysisResult, Cell> cell, string? hint = null)
    {
        Cell[] cells = [.. results.Select(cell)];
        if (!cells.All(one => one.Missing))
        {
            _rows.Add((label, hint, cells));
        }

        return this;
    }

    /// <summary>Writes it; nothing when it is empty.</summary>
    public void Write(HtmlWriter page, string caption)
    {
        if (IsEmpty)
        {
            return;
        }

        page.Start("div", ("class", "scroll")).Start("table").Element("caption", caption);
        page.Start("thead").Start("tr").Element("th", "", ("scope", "col"));
        foreach (var result in results)
        {
            page.Element("th", result.Name, ("scope", "col"));
        }

        page.End().End().Start("tbody");
        foreach (var (label, hint, cells) in _rows)
        {
            page.Start("tr").Element("th", label, ("scope", "row"), ("title", hint));
            foreach (var cell in cells)
            {
                Write(page, cell);
            }

            page.End();
        }

        page.End().End().End();
    }

    /// <summary>Writes a cell.</summary>
    public static void Write(HtmlWriter page, Cell cell)
    {
        page.Start("td", ("title", cell.Title), ("class", Style(cell))).Text(cell.Text);
        if (cell.Note is { } note)
        {
            page.Text(" ").Element("small", note);
        }

        page.End();
    }

    private static string? Style(Cell cell) => cell switch
    {
        { Weak: true } => "weak",
        { Missing: true } => "missing",
        { IsText: true } => "words",
        _ => null,
    };
}
