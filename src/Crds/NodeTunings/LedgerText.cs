namespace Latlab.Crds.NodeTunings;

/// <summary>
/// Prints a ledger as a table, wished against real, like a diff: what is as wished has one line; what is not has two, what is wished and
/// what was read back.
/// </summary>
public static class LedgerText
{
    /// <summary>A longer value does not push the others aside.</summary>
    private const int WidestColumn = 60;

    /// <summary>Prints it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="ledger">The ledger.</param>
    public static void Write(TextWriter output, IReadOnlyList<LedgerEntry> ledger)
    {
        var lines = ledger.SelectMany(Lines).Prepend(new(' ', ["KNOB", "VALUE", "STATE", "CONFIGURED IN", "IN THIS BOOT"], null)).ToList();
        var widths = Enumerable.Range(0, lines[0].Cells.Length)
            .Select(column => lines.Max(line => Math.Min(WidestColumn, line.Cells.ElementAtOrDefault(column)?.Length ?? 0))).ToList();
        foreach (var (sign, cells, message) in lines)
        {
            output.WriteLine($"{sign} {string.Join("  ", cells.Select((cell, column) => cell.PadRight(widths[column])))}".TrimEnd());
            if (message is not null)
            {
                output.WriteLine($"    {message}");
            }
        }
    }

    private static IEnumerable<Line> Lines(LedgerEntry entry)
    {
        var isInEffect = entry.State == KnobState.InEffect;
        string[] first =
        [
            entry.Knob, isInEffect ? entry.Effective ?? entry.Requested : entry.Requested,
            entry.Drifts > 0 ? $"{entry.State}, {entry.Drifts} drifts" : $"{entry.State}",
            Configured(entry), entry.PresentInThisBoot ? "yes" : "no",
        ];
        return isInEffect
            ? [new(' ', first, entry.Message)]
            : [new('-', first, null), new('+', ["", entry.Effective ?? "?", entry.Evidence], entry.Message)];
    }

    private static string Configured(LedgerEntry entry) => (entry.Configured, entry.ConfiguredIn) switch
    {
        (null, _) => "-",
        var (value, file) when value == entry.Requested => file ?? "journal",
        var (value, file) => $"{value} in {file ?? "journal"}",
    };

    private sealed record Line(char Sign, string[] Cells, string? Message);
}
