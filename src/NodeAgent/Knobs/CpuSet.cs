using Latlab.Crds;

namespace Latlab.NodeAgent.Knobs;

/// <summary>
/// CPUs in the two forms that sysctls have them in: <c>kernel.watchdog_cpumask</c> as a list (<c>0-2,5</c>), those of the network as a
/// hexadecimal mask.
/// </summary>
internal static class CpuSet
{
    /// <summary>The CPUs in a sysctl's value; null when that sysctl holds none, or the value is not in its form.</summary>
    public static IReadOnlySet<int>? TryParse(string sysctl, string value) => sysctl switch
    {
        "kernel.watchdog_cpumask" => List(value),
        "net.core.rps_default_mask" or "net.core.flow_limit_cpu_bitmap" => Mask(value),
        _ => null,
    };

    private static HashSet<int>? List(string value) => CpuList.TryParse(value, out var cpus) ? [.. cpus] : null;

    /// <summary>32 bits to a group, the lowest CPUs last; the kernel fills groups up with zeros.</summary>
    private static HashSet<int>? Mask(string value)
    {
        var digits = value.Replace(",", "", StringComparison.Ordinal);
        return digits.Length == 0 || digits.Length > CpuList.MaxCpu / 4 || !digits.All(char.IsAsciiHexDigit)
            ? null
            : [.. digits.Reverse().SelectMany((digit, i) => Enumerable.Range(0, 4)
                .Where(bit => (Convert.ToInt32($"{digit}", 16) & (1 << bit)) != 0)
                .Select(bit => (4 * i) + bit))];
    }
}
