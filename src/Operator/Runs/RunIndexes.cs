using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Runs;

/// <summary>The indexes over runs.</summary>
internal static class RunIndexes
{
    public const string ByUid = "uid";

    /// <summary>Runs that have not ended, by node.</summary>
    public const string ByActiveNode = "active-node";

    public const string ByExperimentUid = "experiment-uid";

    /// <summary>The run of that UID; null when the cache has none.</summary>
    public static V1Alpha1LatencyRun? WithUid(this IEntityCache<V1Alpha1LatencyRun> runs, string uid) => runs.ByIndex(ByUid, uid) is [var run, ..] ? run : null;
}
