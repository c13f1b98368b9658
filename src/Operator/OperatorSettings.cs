namespace Latlab.Operator;

/// <summary>What the administrator decided, by the chart's values.</summary>
internal sealed record OperatorSettings
{
    /// <summary>Namespace of the run pods and the reservations.</summary>
    public string RunsNamespace { get; init; } = "latlab-runs";

    /// <summary>Image of meter and generator.</summary>
    public string RunImage { get; init; } = "";

    /// <summary>Default image of the forwarder.</summary>
    public string ForwarderImage { get; init; } = "";

    /// <summary>Further forwarder images that experiments may name, whole references.</summary>
    public IReadOnlyList<string> AllowedForwarderImages { get; init; } = [];

    /// <summary>Pull policy of run pods.</summary>
    public string ImagePullPolicy { get; init; } = "IfNotPresent";

    /// <summary>Directory on the node for runs' files.</summary>
    public string ArtifactsPath { get; init; } = "/var/lib/latlab/artifacts";

    /// <summary>Most MiB of captures that one experiment may keep on its node, over all its runs.</summary>
    public int ArtifactsLimitMiB { get; init; } = 20_480;

    /// <summary>Memory limit of the meter in MiB.</summary>
    public int MeterMemoryMiB { get; init; } = 512;

    /// <summary>Memory limit of the generator in MiB.</summary>
    public int GeneratorMemoryMiB { get; init; } = 256;

    /// <summary>
    /// Loopback port on the node by which kubelet asks the meter whether it, and the path through the forwarder, is ready.
    /// </summary>
    public int MeterPort { get; init; } = 9475;

    /// <summary>
    /// Whether nodes may be cordoned, drained, tainted and rebooted (the chart's <c>boot.enabled</c>): without it the operator has no right
    /// to.
    /// </summary>
    public bool AllowReboots { get; init; }

    /// <summary>Namespace of the agents' pods, to be told of a node whose agent does not look; null when nobody is to know.</summary>
    public string? AgentsNamespace { get; init; }

    /// <summary>
    /// Namespace and name of the pod that this process runs in; null outside of one. It is not evicted: were there no other node for it,
    /// nobody would be left to go on. It comes back with its node.
    /// </summary>
    public (string Namespace, string Name)? OwnPod { get; init; }
}
