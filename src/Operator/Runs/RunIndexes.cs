namespace Latlab.Operator.Runs;

/// <summary>Names of the indexes over runs.</summary>
internal static class RunIndexes
{
    public const string ByUid = "uid";

    /// <summary>Runs that have not ended, by node.</summary>
    public const string ByActiveNode = "active-node";

    public const string ByExperimentUid = "experiment-uid";
}
