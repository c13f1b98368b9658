using System.Text.Json.Serialization;
using Latlab.Crds.NodeTunings;

namespace Latlab.NodeAgent.Cli;

/// <summary>The file's JSON: a misspelt field is an error here, as no schema stands before it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(NodeTuningSpec))]
internal sealed partial class TuningFileJson : JsonSerializerContext;
