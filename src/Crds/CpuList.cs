using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Latlab.Crds;

/// <summary>
/// Lists of CPU numbers as the kernel reads and writes them, e.g. <c>0-3,8</c> (<c>admin-guide/kernel-parameters.rst</c>, "cpu lists"): the
/// form of every field of the API that names CPUs.
/// </summary>
public static class CpuList
{
    /// <summary>The highest number that a CPU can have: x86-64 kernels are built for at most 8192 CPUs (NR_CPUS).</summary>
    public const int MaxCpu = 8191;

    /// <summary>The numbers of a list, ascending, each once; false when the text is no such list, or empty.</summary>
    public static bool TryParse([NotNullWhen(true)] string? list, [NotNullWhen(true)] out IReadOnlyList<int>? cpus) => TryParse(list, MaxCpu, out cpus);

    /// <summary>The same for numbers of other things than CPUs, up to <paramref name="highest"/>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? list, int highest, [NotNullWhen(true)] out IReadOnlyList<int>? cpus)
    {
        cpus = null;
        var numbers = new SortedSet<int>();
        foreach (var range in (list ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            var ends = range.Split('-');
            if (ends.Length > 2 || Number(ends[0], highest) is not { } first || Number(ends[^1], highest) is not { } last || first > last)
            {
                return false;
            }

            numbers.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        cpus = [.. numbers];
        return true;
    }

    /// <summary>The numbers of a list, ascending, each once.</summary>
    /// <exception cref="FormatException">It is not such a list, or empty.</exception>
    public static IReadOnlyList<int> Parse(string list) =>
        TryParse(list, out var cpus) ? cpus : throw new FormatException($"\"{list}\" is not a list of CPUs; write e.g. 0-3,8");

    /// <summary>Writes numbers as the kernel does.</summary>
    /// <param name="cpus">The numbers, ascending.</param>
    public static string Format(IEnumerable<int> cpus)
    {
        var ranges = new List<(int First, int Last)>();
        foreach (var cpu in cpus)
        {
            if (ranges.Count > 0 && ranges[^1].Last == cpu - 1)
            {
                ranges[^1] = (ranges[^1].First, cpu);
            }
            else
            {
                ranges.Add((cpu, cpu));
            }
        }

        return string.Join(',', ranges.Select(range => range.First == range.Last
            ? range.First.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{range.First}-{range.Last}")));
    }

    /// <summary>Every CPU of both lists; of a list that is unknown (null) the other one.</summary>
    /// <exception cref="FormatException">One of them is not such a list.</exception>
    public static string? Union(string? one, string? other) =>
        one is null || other is null || one == other ? one ?? other : Format(Parse(one).Union(Parse(other)).Order());

    /// <summary>The CPUs that are in both lists; empty when there are none, or when one of the texts is no list.</summary>
    public static string Common(string? one, string? other) =>
        TryParse(one, out var left) && TryParse(other, out var right) ? Format(left.Intersect(right)) : "";

    private static int? Number(string text, int highest) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= highest ? number : null;
}
