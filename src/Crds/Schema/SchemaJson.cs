using System.Text.Json.Serialization;
using Latlab.Crds.Experiments;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Runs;
using Latlab.Crds.TunedNodes;

namespace Latlab.Crds.Schema;

/// <summary>
/// What System.Text.Json knows of the API types: names, getters and attributes, without reflection at run time. Schema, reference and
/// validation read it.
/// </summary>
/// <remarks>
/// A property with an initial value is <c>set</c>, not <c>init</c>: source-generated code gives an <c>init</c> property that the JSON
/// leaves out the default of its type instead, so a list would be null in the agent.
/// </remarks>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TunedNodeSpec))]
[JsonSerializable(typeof(TunedNodeStatus))]
[JsonSerializable(typeof(NodeTuningSpec))]
[JsonSerializable(typeof(NodeTuningStatus))]
[JsonSerializable(typeof(LatencyExperimentSpec))]
[JsonSerializable(typeof(LatencyExperimentStatus))]
[JsonSerializable(typeof(LatencyRunSpec))]
[JsonSerializable(typeof(LatencyRunStatus))]
public sealed partial class SchemaJson : JsonSerializerContext;
