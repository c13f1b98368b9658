using Latlab.Crds;
using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs;

namespace Latlab.NodeAgent.Kubelet;

/// <summary>What a status says of kubelet.</summary>
internal sealed class KubeletLook(IHost host)
{
    private const string IsolatedAtBoot = "/sys/devices/system/cpu/isolated";
    private const string NumaNodes = "/sys/devices/system/node/online";

    private readonly KubeletReader _reader = new(host);

    /// <summary>The status with it, and with the condition where CPUs are isolated.</summary>
    public NodeTuningStatus Into(NodeTuningStatus status, NodeTuningSpec spec, KubeletStatus? last, long? generation, DateTimeOffset now)
    {
        var kubelet = _reader.Read();
        var seen = status with { Kubelet = Status(kubelet) with { RestartedFor = last?.RestartedFor, RestartProblem = last?.RestartProblem } };
        if (Layout(spec) is not { } node)
        {
            return seen with { Conditions = [.. status.Conditions.Where(condition => condition.Type != NodeTuningConditions.KubeletAligned)] };
        }

        var (verdict, reason, message) = Verdict(kubelet, node);
        return seen with { Conditions = status.Conditions.With(NodeTuningConditions.KubeletAligned, verdict, reason, message, generation, now) };
    }

    private static KubeletStatus Status(KubeletReading kubelet) => new()
    {
        CpuManagerPolicy = kubelet.Settings?.CpuManagerPolicy,
        ReservedSystemCpus = kubelet.Settings?.ReservedSystemCpus,
        TopologyManagerPolicy = kubelet.Settings?.TopologyManagerPolicy,
        MemoryManagerPolicy = kubelet.Settings?.MemoryManagerPolicy,
        Evidence = kubelet.Files.Count == 0 ? null : string.Join(", ", kubelet.Files),
        Problem = kubelet.Problem,
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

    /// <summary>Null where no CPU is isolated, or the node does not say which CPUs it has.</summary>
    private NodeLayout? Layout(NodeTuningSpec spec) =>
        CpuList.TryParse(spec.Cpu?.Isolated ?? host.Read(IsolatedAtBoot).Text, out var isolated) && CpuList.TryParse(host.Read(NodeCpus.Online).Text, out var online)
            ? new(
                isolated, online, CpuList.TryParse(host.Read(NumaNodes).Text, out var nodes) ? nodes.Count : 1,
                HasHugePages: spec.Memory?.HugePages.Count > 0 || spec.Kernel?.Arguments.Any(argument => argument.StartsWith("hugepages=", StringComparison.Ordinal)) == true)
            : null;
}
