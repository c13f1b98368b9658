using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Latlab.Crds.Schema;

/// <summary>
/// Writes a JSON document as YAML 1.2 in block style, keys in the order in which they are: the same document gives the same bytes
/// everywhere, so that a generated file can be compared with the one in the repository.
/// </summary>
public static partial class YamlText
{
    private const int Width = 110;
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The document, ending in a line feed.</summary>
    public static string Of(JsonObject document)
    {
        var text = new StringBuilder();
        WriteObject(text, document, 0);
        return text.ToString();
    }

    private static void WriteObject(StringBuilder text, JsonObject value, int indent)
    {
        var first = true;
        foreach (var (key, child) in value)
        {
            // The first key of an entry of a list stands behind its dash.
            text.Append(' ', first && text.Length > 0 && text[^1] == ' ' ? 0 : indent).Append(Scalar(key)).Append(':');
            first = false;
            WriteValue(text, child, indent);
        }
    }

    private static void WriteValue(StringBuilder text, JsonNode? value, int indent)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } map:
                text.Append('\n');
                WriteObject(text, map, indent + 2);
                break;
            case JsonArray { Count: > 0 } list:
                text.Append('\n');
                foreach (var entry in list)
                {
                    text.Append(' ', indent).Append("- ");
                    if (entry is JsonObject { Count: > 0 } map)
                    {
                        WriteObject(text, map, indent + 2);
                    }
                    else
                    {
                        text.Append(Literal(entry)).Append('\n');
                    }
                }

                break;
            default:
                var literal = Literal(value);
                if (literal.Length + indent > Width && value!.GetValueKind() == JsonValueKind.String && CanFold(value.GetValue<string>()))
                {
                    WriteFolded(text, value.GetValue<string>(), indent + 2);
                }
                else
                {
                    text.Append(' ').Append(literal).Append('\n');
                }

                break;
        }
    }

    private static void WriteFolded(StringBuilder text, string value, int indent)
    {
        text.Append(" >-");
        var column = Width;
        foreach (var word in value.Split(' '))
        {
            if (column + 1 + word.Length > Width)
            {
                text.Append('\n').Append(' ', indent).Append(word);
                column = indent + word.Length;
            }
            else
            {
                text.Append(' ').Append(word);
                column += 1 + word.Length;
            }
        }

        text.Append('\n');
    }

    private static string Literal(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.String ? Scalar(value.GetValue<string>()) : value?.ToJsonString(Readable) ?? "null";

    // A JSON string is a YAML double-quoted scalar, so quoting is always right; plain is for what no reader takes for a number, a bool or
    // syntax.
    private static string Scalar(string value) =>
        Plain().IsMatch(value) && !Words().IsMatch(value) ? value : JsonValue.Create(value).ToJsonString(Readable);

    // Folding turns single blanks into line ends and back; anything else would not survive.
    private static bool CanFold(string value) => value.Split(' ').All(word => word.Length > 0) && !value.Any(char.IsControl);

    [GeneratedRegex(@"^[A-Za-z](?:[A-Za-z0-9_./,()'-]| (?=[A-Za-z(]))*\z")]
    private static partial Regex Plain();

    [GeneratedRegex(@"^(?:true|false|yes|no|on|off|null|y|n)\z", RegexOptions.IgnoreCase)]
    private static partial Regex Words();
}
