using System.Globalization;

namespace Latlab.Cli.Forwarding;

/// <summary>The CPUs that this process may run on.</summary>
internal static class CpuList
{
    /// <summary>As the kernel writes them, e.g. <c>0-3,8</c>; null when it does not say.</summary>
    public static string? OfThisProcess()
    {
        const string field = "Cpus_allowed_list:";
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(candidate => candidate.StartsWith(field, StringComparison.Ordinal));
        return line?[field.Length..].Trim();
    }

    /// <summary>The numbers of a list such as <c>0-3,8</c>, ascending.</summary>
    /// <exception cref="FormatException">It is not such a list.</exception>
    public static IReadOnlyList<int> Parse(string list)
    {
        var cpus = new SortedSet<int>();
        foreach (var range in list.Split(',', StringSplitOptions.TrimEntries))
        {
            var ends = range.Split('-');
            var first = Number(ends[0]);
            var last = ends.Length == 1 ? first : Number(ends[1]);
            if (ends.Length > 2 || last < first)
            {
                throw NotAList();
            }

            for (var cpu = first; cpu <= last; cpu++)
            {
                cpus.Add(cpu);
            }
        }

        return [.. cpus];

        int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw NotAList();

        FormatException NotAList() => new($"\"{list}\" is not a list of CPUs; write e.g. 0-3,8");
    }

    /// <summary>Writes numbers as the kernel does, e.g. <c>0-3,8</c>.</summary>
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
    public static string? Union(string? one, string? other) =>
        one is null || other is null || one == other ? one ?? other : Format(Parse(one).Union(Parse(other)).Order());
}
