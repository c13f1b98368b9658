using Latlab.Crds.NodeTunings;

namespace Latlab.NodeAgent.Cluster;

/// <summary>A NodeTuning as the API server has it: the parts that the agent reads.</summary>
internal sealed record NodeTuning
{
    public ObjectMeta Metadata { get; init; } = new();

    public NodeTuningSpec Spec { get; init; } = new();

    public NodeTuningStatus? Status { get; init; }
}

/// <summary>Metadata of an object or of a list.</summary>
internal sealed record ObjectMeta
{
    public string? Name { get; init; }

    public string? Uid { get; init; }

    public long? Generation { get; init; }

    public string? ResourceVersion { get; init; }

    public DateTime? DeletionTimestamp { get; init; }
}

/// <summary>Answer to a list request.</summary>
internal sealed record NodeTuningList
{
    public ObjectMeta Metadata { get; init; } = new();

    public IReadOnlyList<NodeTuning> Items { get; init; } = [];
}

/// <summary>The body of an update of the status; the server keeps the rest of the object as it is.</summary>
internal sealed record NodeTuningStatusUpdate(string ApiVersion, string Kind, ObjectMeta Metadata, NodeTuningStatus Status);
