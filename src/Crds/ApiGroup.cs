namespace Latlab.Crds;

/// <summary>The API group and version of every latlab kind, and the names that objects carry because of it.</summary>
public static class ApiGroup
{
    /// <summary>API group.</summary>
    public const string Name = "latlab.dev";

    /// <summary>API version.</summary>
    public const string Version = "v1alpha1";

    /// <summary>Label on everything that belongs to a run: the run's UID.</summary>
    public const string RunUidLabel = Name + "/run-uid";

    /// <summary>Label on a run's pods: <c>meter</c>, <c>forwarder</c> or <c>generator</c>.</summary>
    public const string RoleLabel = Name + "/role";

    /// <summary>Label on a run: the name of its experiment.</summary>
    public const string ExperimentLabel = Name + "/experiment";

    /// <summary>Label on a node's Lease and NodeTuning: the TunedNode that claims the node.</summary>
    public const string TunedNodeLabel = Name + "/tuned-node";
}
