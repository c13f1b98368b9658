using Latlab.Crds.Runs;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Runs;

/// <summary>What became of a run.</summary>
internal static class RunOutcome
{
    public static bool HasEnded(V1Alpha1LatencyRun run) => run.Status?.Phase is RunPhase.Complete or RunPhase.Failed or RunPhase.Invalid;

    /// <summary>Whether it ended with a result that may be used.</summary>
    public static bool IsValid(V1Alpha1LatencyRun run) => run.Status is { Phase: RunPhase.Complete, Results.LatencyNs: not null };
}
