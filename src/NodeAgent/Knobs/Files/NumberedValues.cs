using Latlab.Crds;

namespace Latlab.NodeAgent.Knobs.Files;

/// <summary>
/// Values by number (of a CPU, a policy, an IRQ) and their text in the journal and the ledger: <c>0-1=powersave 2-5=performance</c>.
/// </summary>
internal static class NumberedValues
{
    /// <summary>The highest number: kernels have fewer interrupts, and fewer CPUs (<c>include/linux/irqdesc.h</c>, from memory).</summary>
    public const int Highest = (1 << 20) - 1;

    /// <summary>The text; equal values share an entry, entries are in the order of their first numbers.</summary>
    public static string Format(IEnumerable<KeyValuePair<int, string>> values) => string.Join(' ', values
        .GroupBy(entry => entry.Value, entry => entry.Key)
        .Select(group => (Numbers: group.Order().ToList(), Value: group.Key))
        .OrderBy(group => group.Numbers[0])
        .Select(group => $"{CpuList.Format(group.Numbers)}={group.Value}"));

    /// <summary>The values in a text; what is not in that form is left out.</summary>
    public static SortedDictionary<int, string> Parse(string text)
    {
        var values = new SortedDictionary<int, string>();
        foreach (var entry in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = entry.Split('=', 2);
            if (parts.Length == 2 && CpuList.TryParse(parts[0], Highest, out var numbers))
            {
                foreach (var number in numbers)
                {
                    values[number] = parts[1];
                }
            }
        }

        return values;
    }
}
