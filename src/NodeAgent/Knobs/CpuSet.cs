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
        "net.core.rps_default_mask" or "net.core.flow_limit_cpu_bitmap" => CpuMask.TryParse(value) is { } cpus ? cpus.ToHashSet() : null,
        _ => null,
    };

    private static HashSet<int>? List(string value) => CpuList.TryParse(value, out var cpus) ? [.. cpus] : null;
}
