using System.Globalization;

namespace Latlab.NodeAgent.Noise;

/// <summary>
/// Counts of <c>/proc/interrupts</c> by row and CPU: devices by number, and the kernel's own (LOC, RES, CAL, TLB, …) by name.
/// </summary>
internal sealed class InterruptTable
{
    public const string Path = "/proc/interrupts";

    private readonly Dictionary<string, (string Description, Dictionary<int, long> Counts)> _rows = new(StringComparer.Ordinal);

    private InterruptTable()
    {
    }

    /// <summary>Reads the file's text; rows that are not by CPU (ERR, MIS) are left out.</summary>
    public static InterruptTable Parse(string text)
    {
        var table = new InterruptTable();
        var lines = text.Split('\n');
        var cpus = Words(lines[0])
            .Select(word => word.StartsWith("CPU", StringComparison.Ordinal) && Number(word[3..]) is { } cpu ? (int)cpu : -1)
            .Where(cpu => cpu >= 0).ToList();
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var words = colon < 0 ? [] : Words(line[(colon + 1)..]);
            var counts = words.Take(cpus.Count).Select(Number).TakeWhile(count => count is not null).ToList();
            if (cpus.Count > 0 && counts.Count == cpus.Count)
            {
                table._rows[line[..colon].Trim()] =
                    (string.Join(' ', words.Skip(cpus.Count)), cpus.Zip(counts).ToDictionary(pair => pair.First, pair => pair.Second!.Value));
            }
        }

        return table;
    }

    /// <summary>As people read it: <c>LOC:12 RES:3</c>.</summary>
    public static string? Text(IEnumerable<InterruptDelta> deltas, int most) =>
        string.Join(' ', deltas.Take(most).Select(delta => string.Create(CultureInfo.InvariantCulture, $"{delta.Row}:{delta.Count}"))) is { Length: > 0 } text ? text : null;

    /// <summary>What came on a CPU since an earlier table, most first.</summary>
    public IReadOnlyList<InterruptDelta> Since(InterruptTable earlier, int cpu) =>
    [
        .. _rows
            .Select(row => new InterruptDelta(row.Key, row.Value.Description, Of(row.Value.Counts, cpu) - Of(earlier._rows.GetValueOrDefault(row.Key).Counts, cpu)))
            .Where(delta => delta.Count > 0)
            .OrderByDescending(delta => delta.Count)
            .ThenBy(delta => delta.Row, StringComparer.Ordinal),
    ];

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static long Of(Dictionary<int, long>? counts, int cpu) => counts?.GetValueOrDefault(cpu) ?? 0;
}

/// <summary>Interrupts of one row.</summary>
/// <param name="Row">Number, or the kernel's name.</param>
/// <param name="Description">What it is, as the kernel says.</param>
/// <param name="Count">How many.</param>
internal sealed record InterruptDelta(string Row, string Description, long Count);
