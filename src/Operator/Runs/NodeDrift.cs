using System.Diagnostics.CodeAnalysis;
using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Runs;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Runs;

/// <summary>Whether a node is still what it was when the run began.</summary>
internal static class NodeDrift
{
    public static bool IsTakenAway([NotNullWhen(false)] V1Alpha1NodeTuning? tuning) => tuning is null || tuning.Metadata.DeletionTimestamp is not null;

    /// <summary>What is different; null when nothing is.</summary>
    public static string? Between(RunEnvironment? before, V1Alpha1NodeTuning? tuning)
    {
        if (IsTakenAway(tuning) || tuning.Status is not { } after)
        {
            return "the node's tuning was taken away during the run";
        }

        if (after.BootId != before?.BootId)
        {
            return "the node was rebooted during the run";
        }

        if ((after.Drifts ?? 0) != (before?.Drifts ?? 0) || !after.Conditions.IsTrue(NodeTuningConditions.Effective))
        {
            return "a tuned value was changed behind latlab's back during the run";
        }

        return after.LedgerDigest == before?.LedgerDigest ? null : "the node's ledger is another one than at the start of the run";
    }
}
