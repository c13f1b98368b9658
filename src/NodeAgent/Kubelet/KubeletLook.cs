using System.Globalization;
using System.Text.RegularExpressions;
using Latlab.Crds;
using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs;
using Latlab.NodeAgent.Knobs.Cpu;

namespace Latlab.NodeAgent.Kubelet;

/// <summary>What a status says of kubelet.</summary>
internal sealed partial class KubeletLook(IHost host)
{
    private const string IsolatedAtBoot = "/sys/devices/system/cpu/isolated";
    private const int LongestMessage = 1_500;
    private const string Pools = "/sys/kernel/mm/hugepages";
    private const string NumaNodes = "/sys/devices/system/node/online";

    private readonly KubeletReader _reader = new(host);

    /// <summary>The status with it, and with the condition where kubelet's settings matter.</summary>
    public NodeTuningStatus Into(NodeTuningStatus status, NodeTuningSpec spec, KubeletStatus? last, long? generation, DateTimeOffset now)
    {
        var kubelet = _reader.Read();
        var seen = status with
        {
            HugePages = [.. HugePages()],
            Kubelet = Status(kubelet) with { RestartedFor = last?.RestartedFor, RestartProblem = last?.RestartProblem },
        };
        if (Layout(spec, status.Ledger) is not { } node || (node.Isolated.Count == 0 && !KubeletCheck.LosesItsPools(kubelet.Settings, node) && !KubeletCheck.LosesItsThreads(kubelet.Settings, node)))
        {
            return seen with { Conditions = [.. status.Conditions.Where(condition => condition.Type != NodeTuningConditions.KubeletAligned)] };
        }

        var (verdict, reason, message) = Verdict(kubelet, node);
        return seen with
        {
            Conditions = status.Conditions.With(NodeTuningConditions.KubeletAligned, verdict, reason, message.Shortened(LongestMessage), generation, now),
        };
    }

    private static KubeletStatus Status(KubeletReading kubelet) => new()
    {
        CpuManagerPolicy = kubelet.Settings?.CpuManagerPolicy,
        ReservedSystemCpus = kubelet.Settings?.ReservedSystemCpus,
        TopologyManagerPolicy = kubelet.Settings?.TopologyManagerPolicy,
        MemoryManagerPolicy = kubelet.Settings?.MemoryManagerPolicy,
        Evidence = kubelet.Files.Count == 0 ? null : string.Join(", ", kubelet.Files),
        Problem = kubelet.Problem,
        RestartHazard = KubeletHazards.OfRestart(kubelet),
    };

    private static (ConditionStatus Status, string Reason, string Message) Verdict(KubeletReading kubelet, NodeLayout node)
    {
        if (kubelet.Problem is { } problem)
        {
            return (ConditionStatus.Unknown, NodeTuningConditions.ReasonKubeletNotSeen, problem);
        }

        return KubeletCheck.Mismatch(kubelet, node) is { } mismatch
            ? (ConditionStatus.False, NodeTuningConditions.ReasonMisaligned, mismatch)
            : (ConditionStatus.True, NodeTuningConditions.ReasonAligned, $"kubelet gives pods CPUs of {CpuList.Format(node.Isolated)} for their own, and no others");
    }

    /// <summary>Null where the node does not say which CPUs it has.</summary>
    private NodeLayout? Layout(NodeTuningSpec spec, IReadOnlyList<LedgerEntry> ledger)
    {
        if (!CpuList.TryParse(host.Read(NodeCpus.Online).Text, out var online))
        {
            return null;
        }

        var isolated = CpuList.TryParse(spec.Cpu?.Isolated ?? host.Read(IsolatedAtBoot).Text, out var cpus) ? cpus : [];
        return new(isolated, online, CpuList.TryParse(host.Read(NumaNodes).Text, out var nodes) ? nodes.Count : 1)
        {
            HasBootPools = spec.Kernel?.Arguments.Any(BootPools.Asks) == true,
            // A pool that was there before, e.g. by an argument of the boot, is in effect and was not written; one that is refused is not made.
            HasLatePools = ledger.Any(entry =>
                HugePagesKnob.IsPool(entry.Knob) && (entry.PresentInThisBoot || entry.State is not (KnobState.InEffect or KnobState.Refused))),
            // Threads that the boot has off were found so, and not written.
            HasThreadsOffLate = ledger.Any(entry => entry is { Knob: ThreadKnob.Name, PresentInThisBoot: true, Effective: ThreadKnob.Off }),
            Cores = [.. isolated.Select(cpu => Core(cpu, online)).Where(core => core.Count > 1).DistinctBy(core => core[0])],
        };
    }

    /// <summary>The CPU's online threads (<c>admin-guide/cputopology.rst</c>).</summary>
    private IReadOnlyList<int> Core(int cpu, IReadOnlyList<int> online) =>
        CpuList.TryParse(host.Read($"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list").Text, out var siblings)
            ? [.. siblings.Intersect(online)]
            : [];

    /// <summary>
    /// Of all NUMA nodes, as kubelet counts them, too. Pages that the kernel lends beyond a pool come and go, and are not the pool's
    /// (<c>admin-guide/mm/hugetlbpage.rst</c>).
    /// </summary>
    private IEnumerable<HugePagesSeen> HugePages()
    {
        foreach (var pool in host.List(Pools))
        {
            if (KibiBytes().Match(pool) is { Success: true } size && Number($"{pool}/nr_hugepages") is { } count)
            {
                yield return new()
                {
                    Size = Notation(long.Parse(size.Groups[1].Value, CultureInfo.InvariantCulture)),
                    Count = count - (Number($"{pool}/surplus_hugepages") ?? 0),
                };
            }
        }
    }

    private long? Number(string file) =>
        long.TryParse(host.Read($"{Pools}/{file}").Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>As Kubernetes writes a size.</summary>
    private static string Notation(long kibiBytes) => kibiBytes % (1 << 20) == 0 ? $"{kibiBytes >> 20}Gi" : kibiBytes % (1 << 10) == 0 ? $"{kibiBytes >> 10}Mi" : $"{kibiBytes}Ki";

    [GeneratedRegex("^hugepages-([0-9]{1,12})kB$")]
    private static partial Regex KibiBytes();
}
