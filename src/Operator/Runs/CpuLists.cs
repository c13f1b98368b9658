using System.Globalization;

namespace Latlab.Operator.Runs;

/// <summary>Lists of CPUs as the kernel writes them, e.g. <c>0-3,8</c>.</summary>
internal static class CpuLists
{
    /// <summary>The CPUs that are in both lists, as a list; empty when there are none.</summary>
    public static string Common(string? left, string? right) => string.Join(',', Parse(left).Intersect(Parse(right)).Order());

    private static IEnumerable<int> Parse(string? list)
    {
        foreach (var part in (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var dash = part.IndexOf('-', StringComparison.Ordinal);
            if (Number(dash < 0 ? part : part[..dash]) is { } first && Number(dash < 0 ? part : part[(dash + 1)..]) is { } last)
            {
                for (var cpu = first; cpu <= last; cpu++)
                {
                    yield return cpu;
                }
            }
        }
    }

    private static ushort? Number(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
