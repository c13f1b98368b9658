using System.Text.Json;
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
    public static string Schema() => JsonSchemaExporter.GetJsonSchemaAsNode(
        AnalysisResultJson.Default.Options,
        typeof(AnalysisResult),
        new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true }).ToJsonString(new JsonSerializerOptions(AnalysisResultJson.Default.Options) { WriteIndented = true });

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
