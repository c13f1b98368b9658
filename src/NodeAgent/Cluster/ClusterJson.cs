using System.Text.Json;
using System.Text.Json.Serialization;
using Latlab.Crds.NodeTunings;

namespace Latlab.NodeAgent.Cluster;

/// <summary>The API's JSON. What a newer operator adds to the spec is not an error here: the ledger shows what this agent knows.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NodeTuning))]
[JsonSerializable(typeof(NodeTuningList))]
[JsonSerializable(typeof(NodeTuningStatusUpdate))]
[JsonSerializable(typeof(NodeTuningStatus))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class ClusterJson : JsonSerializerContext;
