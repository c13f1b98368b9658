using System.Text.Json;
using System.Text.Json.Serialization;
using Latlab.Crds.NodeTunings;

namespace Latlab.Cli.Nodes;

/// <summary>A NodeTuning as the API server has it; the parts that are shown.</summary>
internal sealed record NodeTuningObject
{
    public required ObjectName Metadata { get; init; }

    public required NodeTuningSpec Spec { get; init; }

    public NodeTuningStatus? Status { get; init; }

    /// <exception cref="JsonException">It is none.</exception>
    public static NodeTuningObject Parse(string json) =>
        JsonSerializer.Deserialize(json, NodeTuningJson.Default.NodeTuningObject) ?? throw new JsonException("null is no NodeTuning");
}

/// <summary>Which object, and how often its spec was changed.</summary>
internal sealed record ObjectName
{
    public required string Name { get; init; }

    public long Generation { get; init; }
}

/// <summary>As JSON. What a newer version has besides is left out.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NodeTuningObject))]
internal sealed partial class NodeTuningJson : JsonSerializerContext;
