using System.Text.Json.Serialization;
using Latlab.Crds.NodeTunings;

namespace Latlab.NodeAgent.Cluster;

/// <summary>A NodeTuning as the API server has it: the parts that the agent reads.</summary>
internal sealed record NodeTuning
{
    public ObjectMeta Metadata { get; init; } = new();

    public NodeTuningSpec Spec { get; init; } = new();

    public NodeTuningStatus? Status { get; init; }

    /// <summary>What the operator asks for by <see cref="ReadBackRequest"/>.</summary>
    [JsonIgnore]
    public string? ReadBackToken => Metadata.Annotations?.GetValueOrDefault(ReadBackRequest.TokenAnnotation);

    /// <inheritdoc cref="ReadBackToken"/>
    [JsonIgnore]
    public string? QuietUntil => Metadata.Annotations?.GetValueOrDefault(ReadBackRequest.QuietUntilAnnotation);

    /// <summary>The boot that the operator lets the agent end, by <see cref="RebootGrant"/>.</summary>
    [JsonIgnore]
    public string? MayEndBoot => Metadata.Annotations?.GetValueOrDefault(RebootGrant.BootIdAnnotation);

    /// <inheritdoc cref="KubeletRestartGrant"/>
    [JsonIgnore]
    public string? KubeletRestartGrant => Metadata.Annotations?.GetValueOrDefault(Crds.NodeTunings.KubeletRestartGrant.Annotation);

    /// <summary>What of it is work for the agent.</summary>
    [JsonIgnore]
    public Work Work => new(Metadata.Uid, Metadata.Generation, Metadata.DeletionTimestamp is not null, ReadBackToken, MayEndBoot);
}

/// <summary>What is new when there is something to do: another wish, the end of it, a request to look, or leave to reboot.</summary>
internal sealed record Work(string? Uid, long? Generation, bool Deleted, string? ReadBackToken, string? MayEndBoot);

/// <summary>Metadata of an object or of a list.</summary>
internal sealed record ObjectMeta
{
    public string? Name { get; init; }

    public string? Uid { get; init; }

    public long? Generation { get; init; }

    public string? ResourceVersion { get; init; }

    public DateTime? DeletionTimestamp { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}

/// <summary>Answer to a list request.</summary>
internal sealed record NodeTuningList
{
    public ObjectMeta Metadata { get; init; } = new();

    public IReadOnlyList<NodeTuning> Items { get; init; } = [];
}

/// <summary>The body of an update of the status; the server keeps the rest of the object as it is.</summary>
internal sealed record NodeTuningStatusUpdate(string ApiVersion, string Kind, ObjectMeta Metadata, NodeTuningStatus Status);
