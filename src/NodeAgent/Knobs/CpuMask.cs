using System.Globalization;
using Latlab.Crds;

namespace Latlab.NodeAgent.Knobs;

/// <summary>CPUs as a hexadecimal mask, 32 bits to a group with commas between them, the lowest CPUs last.</summary>
internal static class CpuMask
{
    private const int BitsPerGroup = 32;

    /// <summary>The CPUs of a mask, ascending; null when it is none. The kernel fills groups up with zeros.</summary>
    public static IReadOnlyList<int>? TryParse(string mask)
    {
        var digits = mask.Replace(",", "", StringComparison.Ordinal);
        return digits.Length == 0 || digits.Length > (CpuList.MaxCpu + 1) / 4 || !digits.All(char.IsAsciiHexDigit)
            ? null
            : [.. digits.Reverse().SelectMany((digit, i) => Enumerable.Range(0, 4)
                .Where(bit => (Digit(digit) & (1 << bit)) != 0)
                .Select(bit => (4 * i) + bit))];
    }

    private static int Digit(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;

    /// <summary>The mask of CPUs.</summary>
    public static string Format(IEnumerable<int> cpus)
    {
        var groups = new SortedDictionary<int, uint> { [0] = 0 };
        foreach (var cpu in cpus)
        {
            groups[cpu / BitsPerGroup] = groups.GetValueOrDefault(cpu / BitsPerGroup) | (1u << (cpu % BitsPerGroup));
        }

        var highest = groups.Keys.Max();
        return string.Join(',', Enumerable.Range(0, highest + 1).Reverse()
            .Select(group => groups.GetValueOrDefault(group).ToString(group == highest ? "x" : "x8", CultureInfo.InvariantCulture)));
    }
}
