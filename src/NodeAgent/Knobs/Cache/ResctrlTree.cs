using System.Globalization;
using Latlab.Crds;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Cache;

/// <summary>What the kernel says of the division of caches, under <c>/sys/fs/resctrl</c>.</summary>
internal static class ResctrlTree
{
    public const string Root = "/sys/fs/resctrl";
    public const string Group = $"{Root}/latlab";
    public const string Schemata = "schemata";
    public const string CpusList = "cpus_list";
    public const string Mode = $"{Group}/mode";
    public const string Exclusive = "exclusive";
    public const string Shareable = "shareable";
    public const string LastStatus = $"{Root}/info/last_cmd_status";

    private const string Info = $"{Root}/info/L3";
    private static readonly string[] NoGroups = ["info", "latlab", "mon_data", "mon_groups"];

    /// <summary>Why caches cannot be divided here; null when they can.</summary>
    public static KnobReading? Obstacle(IHost host)
    {
        var schemata = host.Read($"{Root}/{Schemata}");
        if (schemata.Problem is { } problem)
        {
            return KnobReading.Failed($"{Root}/{Schemata}: {problem}");
        }

        if (schemata.IsMissing)
        {
            return KnobReading.Unsupported((host.Read("/proc/filesystems").Text ?? "").Contains("resctrl", StringComparison.Ordinal)
                ? $"{Root} is not mounted: mount -t resctrl resctrl {Root} on the node, for good in its fstab, and start the agent there anew, whose pod sees what was mounted before it"
                : "this kernel does not divide caches (no resctrl in /proc/filesystems): it needs CONFIG_X86_CPU_RESCTRL and a processor with Intel RDT or AMD QoS; in a virtual machine, do it on its host");
        }

        return !host.Read($"{Info}/cbm_mask").IsMissing ? null : KnobReading.Unsupported(host.List($"{Root}/info").Contains("L3CODE")
            ? $"{Root} is mounted with cdp, which divides code from data; mount it without"
            : $"this processor's L3 cache cannot be divided (no {Info})");
    }

    /// <summary>All ways of a cache; 0 when the kernel does not say.</summary>
    public static ulong AllWays(IHost host) => CacheState.Bits(host.Read($"{Info}/cbm_mask").Text?.Trim()) ?? 0;

    /// <summary>Ways that devices write to as well.</summary>
    public static ulong SharedWithDevices(IHost host) => CacheState.Bits(host.Read($"{Info}/shareable_bits").Text?.Trim()) ?? 0;

    /// <summary>The least number of ways that a group can have.</summary>
    public static int LeastWays(IHost host) =>
        int.TryParse(host.Read($"{Info}/min_cbm_bits").Text, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) ? Math.Max(bits, 1) : 1;

    /// <summary>The L3 cache of a CPU; null when the kernel does not say.</summary>
    public static int? CacheOf(IHost host, int cpu)
    {
        var caches = string.Create(CultureInfo.InvariantCulture, $"/sys/devices/system/cpu/cpu{cpu}/cache");
        return host.List(caches)
            .Where(index => host.Read($"{caches}/{index}/level").Text?.Trim() == "3")
            .Select(index => int.TryParse(host.Read($"{caches}/{index}/id").Text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : (int?)null)
            .FirstOrDefault();
    }

    /// <summary>Groups that somebody else made.</summary>
    public static IEnumerable<string> Foreign(IHost host) =>
        host.List(Root).Except(NoGroups).Where(name => !host.Read($"{Root}/{name}/{Schemata}").IsMissing);

    public static IReadOnlyList<int> CpusOf(IHost host, string group) =>
        CpuList.TryParse(host.Read($"{Root}/{group}/{CpusList}").Text?.Trim(), out var cpus) ? cpus : [];
}
