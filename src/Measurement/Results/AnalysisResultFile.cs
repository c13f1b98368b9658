using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;

namespace Latlab.Measurement.Results;

/// <summary>Results as JSON: camelCase, enums as words, what is null left out.</summary>
public static class AnalysisResultFile
{
    /// <summary>Reads a result.</summary>
    /// <exception cref="JsonException">It is not one, or of a version that is not known.</exception>
    public static AnalysisResult Read(Stream stream)
    {
        var result = JsonSerializer.Deserialize(stream, AnalysisResultJson.Default.AnalysisResult) ?? throw new JsonException("null is no result");
        return result.SchemaVersion == AnalysisResult.CurrentSchemaVersion
            ? result
            : throw new JsonException(
                $"schemaVersion {result.SchemaVersion}: this program knows {AnalysisResult.CurrentSchemaVersion}; use the version that wrote it");
    }

    /// <summary>The JSON schema of a result, without descriptions: those are the properties' documentation.</summary>
    public static string Schema()
    {
        var schema = JsonSchemaExporter.GetJsonSchemaAsNode(
            AnalysisResultJson.Default.Options,
            typeof(AnalysisResult),
            new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = (_, node) => WithoutNullables(node) });
        schema["required"]!.AsArray().Insert(0, "schemaVersion");
        return schema.ToJsonString(new JsonSerializerOptions(AnalysisResultJson.Default.Options) { WriteIndented = true });
    }

    /// <summary>What may be null is left out when it is, so none of it is required, whatever a constructor asks for.</summary>
    private static JsonNode WithoutNullables(JsonNode schema)
    {
        if (schema is JsonObject && schema["required"] is JsonArray required && schema["properties"] is JsonObject properties)
        {
            foreach (var name in required.Select(name => (string)name!).Where(name => MayBeNull(properties[name]!)).ToList())
            {
                required.Remove(required.First(entry => (string)entry! == name));
            }
        }

        return schema;
    }

    private static bool MayBeNull(JsonNode schema) => schema["type"] is JsonArray types && types.Any(type => (string)type! == "null");

    /// <summary>Writes a result.</summary>
    public static void Write(Stream stream, AnalysisResult result) =>
        JsonSerializer.Serialize(stream, result, AnalysisResultJson.Default.AnalysisResult);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(AnalysisResult))]
internal sealed partial class AnalysisResultJson : JsonSerializerContext;
