using Latlab.Crds;
using Latlab.Crds.NodeTunings;

namespace Latlab.Operator.Runs;

/// <summary>What the agent counted on the CPUs from before a run's traffic until after it.</summary>
internal static class RunInterference
{
    /// <param name="observed">The run.</param>
    /// <param name="forwarderCpus">CPUs of the forwarder, as a list; null when they are not known.</param>
    /// <returns>Those CPUs; all that were counted where the forwarder's are not among them; null when the agent began or ended elsewhere.</returns>
    public static IReadOnlyList<CpuInterference>? Of(RunObservation observed, string? forwarderCpus)
    {
        if (observed.Tuning?.Status?.Interference is not { } counted
            || (counted.From != RunReadBack.BeforeToken(observed.RunUid) && counted.From != RunReadBack.ReadyToken(observed.RunUid)) || counted.To != RunReadBack.AfterToken(observed.RunUid))
        {
            return null;
        }

        var those = CpuList.TryParse(forwarderCpus, out var cpus) ? counted.Cpus.Where(cpu => cpus.Contains(cpu.Cpu)).ToList() : [];
        return those.Count > 0 ? those : counted.Cpus;
    }
}
