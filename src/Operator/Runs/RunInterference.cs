using Latlab.Crds;
using Latlab.Crds.NodeTunings;

namespace Latlab.Operator.Runs;

/// <summary>What the agent counted on the CPUs from before a run's traffic until after it.</summary>
internal static class RunInterference
{
    /// <summary>What it counted for that run, on every CPU that it looks at; null when it began or ended elsewhere.</summary>
    public static IReadOnlyList<CpuInterference>? Of(RunObservation observed)
    {
        var uid = observed.RunUid;
        return observed.Tuning?.Status?.Interference is { } counted
            && (counted.From == RunReadBack.BeforeToken(uid) || counted.From == RunReadBack.ReadyToken(uid))
            && counted.To == RunReadBack.AfterToken(uid)
                ? counted.Cpus
                : null;
    }

    /// <summary>
    /// Of it what is about the forwarder's CPUs, which are known when its container has ended; all where they are not known. Null where
    /// none of them was looked at: what came on others says nothing of them.
    /// </summary>
    public static IReadOnlyList<CpuInterference>? On(string? forwarderCpus, IReadOnlyList<CpuInterference>? counted) =>
        !CpuList.TryParse(forwarderCpus, out var cpus) ? counted
            : counted?.Where(cpu => cpus.Contains(cpu.Cpu)).ToList() is { Count: > 0 } those ? those : null;
}
