using System.Globalization;
using Latlab.Reports.Comparison;

namespace Latlab.Cli.Results;

/// <summary>A comparison as a table: of text, CSV or Markdown.</summary>
internal static class ComparisonText
{
    public static IReadOnlyList<string[]> Rows(ResultComparison comparison)
    {
        var rows = new List<string[]> { Row("", comparison.Results.Select(result => result.Name)) };
        rows.Add(Row("packets", comparison.Results.Select(result => Text($"{result.Counters.Before}"))));
        rows.Add(Row("loss %", comparison.Results.Select(result => result.Loss is { } loss ? Text($"{loss.Ratio * 100:0.######}") : "unknown")));
        rows.Add(Row("min", comparison.Results.Select(result => Text($"{result.LatencyNs?.Min}"))));
        foreach (var row in comparison.Rows)
        {
            rows.Add(Row($"p{row.Percentile}", row.Cells.Select(Cell)));
        }

        rows.Add(Row("max", comparison.Results.Select(result => Text($"{result.LatencyNs?.Max}"))));
        return rows;

        static string[] Row(string name, IEnumerable<string> cells) => [name, .. cells];
    }

    public static void WriteAligned(TextWriter output, IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            output.WriteLine(string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd());
        }
    }

    public static void WriteMarkdown(TextWriter output, IReadOnlyList<string[]> rows)
    {
        output.WriteLine($"| {string.Join(" | ", rows[0].Select(Escape))} |");
        output.WriteLine($"|{string.Concat(rows[0].Select((_, column) => column == 0 ? "---|" : "---:|"))}");
        foreach (var row in rows.Skip(1))
        {
            output.WriteLine($"| {string.Join(" | ", row.Select(Escape))} |");
        }

        static string Escape(string cell) => cell.Replace("|", "\\|", StringComparison.Ordinal);
    }

    public static void WriteCsv(TextWriter output, ResultComparison comparison)
    {
        output.WriteLine("percentile,result,value_ns,lower_ns,upper_ns,exceedances,difference_ns,difference_lower_ns,difference_upper_ns,verdict");
        foreach (var row in comparison.Rows)
        {
            foreach (var (cell, result) in row.Cells.Zip(comparison.Results))
            {
                output.WriteLine($"{row.Percentile},\"{result.Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\","
                    + Text($"{cell.Value?.Value},{cell.Value?.Lower},{cell.Value?.Upper},{cell.Value?.Exceedances},")
                    + Text($"{cell.DifferenceNs},{cell.DifferenceLowerNs},{cell.DifferenceUpperNs},{cell.Verdict}"));
            }
        }
    }

    private static string Cell(ComparisonCell cell)
    {
        if (cell.Value?.Value is not { } value)
        {
            return "unknown";
        }

        var weak = cell.Value.Weak ? " weak" : "";
        var difference = cell.DifferenceNs is { } ns ? $" ({Signed(ns)}{Bounds(cell)}, {Word(cell.Verdict)})" : "";
        return Text($"{value}") + weak + difference;
    }

    private static string Bounds(ComparisonCell cell) => cell is { DifferenceLowerNs: null, DifferenceUpperNs: null }
        ? ""
        : $", {Signed(cell.DifferenceLowerNs)}..{Signed(cell.DifferenceUpperNs)}";

    private static string Word(ComparisonVerdict verdict) => verdict switch
    {
        ComparisonVerdict.Faster => "faster",
        ComparisonVerdict.Slower => "slower",
        ComparisonVerdict.NotDistinguishable => "not distinguishable",
        _ => "too few packets",
    };

    private static string Signed(long? ns) => ns is null ? "?" : Text($"{ns:+0;-0;0}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
