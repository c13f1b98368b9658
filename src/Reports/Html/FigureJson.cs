using System.Text.Json;
using System.Text.Json.Serialization;
using Latlab.Reports.Plots;

namespace Latlab.Reports.Html;

/// <summary>Figures for the page's script. The usual encoder escapes what would end a script element.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Figure))]
internal sealed partial class FigureJson : JsonSerializerContext
{
    /// <summary>A figure as JSON.</summary>
    public static string Of(Figure figure) => JsonSerializer.Serialize(figure, Default.Figure);
}
