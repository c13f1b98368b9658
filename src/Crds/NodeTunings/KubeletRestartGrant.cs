namespace Latlab.Crds.NodeTunings;

/// <summary>How the operator lets an agent restart kubelet: an annotation on the NodeTuning that is good for one restart.</summary>
public static class KubeletRestartGrant
{
    /// <summary>Value: <see cref="For"/>.</summary>
    public const string Annotation = ApiGroup.Name + "/kubelet-restart";

    /// <summary>The grant for a generation of a NodeTuning's spec in one boot of its node.</summary>
    public static string For(string? bootId, long? generation) => $"{bootId}/{generation}";
}
