using System.Text.Json.Serialization;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;

namespace Latlab.NodeAgent.Cli;

/// <summary>The file's JSON: a misspelt field is an error here, as no schema stands before it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(NodeTuningSpec))]
[JsonSerializable(typeof(TunedNodeSpec))]
internal sealed partial class TuningFileJson : JsonSerializerContext;
