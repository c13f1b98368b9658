using System.Text.Json.Serialization;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;

namespace Latlab.Cli.Nodes;

/// <summary>A TunedNode as the API server would store it.</summary>
internal sealed record PlannedTunedNode
{
    public string Kind { get; init; } = "";

    public required PlanMetadata Metadata { get; init; }

    public required TunedNodeSpec Spec { get; init; }

    /// <summary>All of it, for the agents.</summary>
    [JsonIgnore]
    public string Json { get; init; } = "";
}

/// <summary>A list of objects; the parts that a plan needs.</summary>
internal sealed record PlanItems(IReadOnlyList<PlanItem> Items);

/// <summary>A node, a pod or a NodeTuning.</summary>
internal sealed record PlanItem(PlanMetadata Metadata, PlanItemSpec? Spec);

/// <summary>Which object.</summary>
internal sealed record PlanMetadata(string Name, string? Namespace, IReadOnlyDictionary<string, string>? Annotations);

/// <summary>Of a pod where it is and what is in it, of a NodeTuning whose it is.</summary>
internal sealed record PlanItemSpec(string? NodeName, IReadOnlyList<PlanNamed>? Containers, PlanNamed? TunedNode);

/// <summary>Something with a name.</summary>
internal sealed record PlanNamed(string Name);

/// <summary>As JSON. What a newer version has besides is left out.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PlannedTunedNode))]
[JsonSerializable(typeof(PlanItems))]
[JsonSerializable(typeof(PlanReport))]
internal sealed partial class PlanJson : JsonSerializerContext;
