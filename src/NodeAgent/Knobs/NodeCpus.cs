using Latlab.Crds;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs;

/// <summary>The CPUs that a node has, against those that a spec names.</summary>
internal static class NodeCpus
{
    public const string Online = "/sys/devices/system/cpu/online";

    /// <summary>
    /// A wish for each knob of a list of CPUs; refused when the list is none, or has a CPU that the node does not. Checked by the operator,
    /// too, which does not know the node.
    /// </summary>
    /// <param name="host">The node.</param>
    /// <param name="path">The field.</param>
    /// <param name="list">What it says; null for no wish.</param>
    /// <param name="wishes">The wishes for those CPUs.</param>
    public static IEnumerable<Wish> Wishes(HostView host, string path, string? list, Func<IReadOnlyList<int>, IEnumerable<Wish>> wishes)
    {
        if (list is null)
        {
            return [];
        }

        return Refusal(host, list, out var cpus) is { } refusal
            ? [Wish.Refused(path, list, refusal)]
            : wishes(cpus);
    }

    /// <summary>The CPUs that are isolated: null when the spec names none, and all are meant; otherwise why they cannot be.</summary>
    public static IReadOnlyList<int>? Isolated(HostView host, string? list, out string? refusal)
    {
        refusal = null;
        if (list is null)
        {
            return null;
        }

        refusal = Refusal(host, list, out var cpus);
        if (refusal is null && cpus[0] == 0)
        {
            refusal = $"cpu.isolated: {list} has CPU 0, which the kernel needs for its own work; leave it out";
        }

        // CPU 0 is never isolated, so neither are all.
        return cpus;
    }

    private static string? Refusal(HostView host, string list, out IReadOnlyList<int> cpus)
    {
        cpus = [];
        if (!CpuList.TryParse(list, out var parsed))
        {
            return "not a list of CPUs; write e.g. 0-3,8";
        }

        cpus = parsed;
        var online = host.Files.Read(Online).Text;
        if (!CpuList.TryParse(online, out var present))
        {
            return $"{Online} says nothing of which CPUs this node has";
        }

        var missing = parsed.Except(present).ToList();
        return missing.Count == 0 ? null : $"this node has no CPU {CpuList.Format(missing)} online, it has {online}; name others, or tune this node by another TunedNode";
    }
}
