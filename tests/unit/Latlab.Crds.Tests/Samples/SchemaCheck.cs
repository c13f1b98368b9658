using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Latlab.Crds.Schema;

namespace Latlab.Crds.Tests.Samples;

/// <summary>
/// Checks a document against the part of OpenAPI that our definitions use. Written apart from the product, so that the two check each
/// other.
/// </summary>
internal static class SchemaCheck
{
    private static readonly IReadOnlyDictionary<string, string> Definitions = GeneratedFiles.Definitions(XmlDocumentation.OfApi());

    public static JsonNode SchemaOf(string kind) =>
        Repository.Documents(Definitions[$"latlab.dev_{ApiResources.All.Single(k => k.Kind == kind).Plural}.yaml"])
        .Single()["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!;

    public static IEnumerable<string> Violations(JsonNode? value, JsonNode schema, string path)
    {
        switch ((string?)schema["type"])
        {
            case "object" when value is JsonObject map:
                if (map.Count < ((int?)schema["minProperties"] ?? 0) || map.Count > ((int?)schema["maxProperties"] ?? int.MaxValue))
                {
                    yield return $"{path} has {map.Count} entries";
                }

                foreach (var name in schema["required"]?.AsArray().Select(n => (string)n!) ?? [])
                {
                    if (!map.ContainsKey(name))
                    {
                        yield return $"{path}.{name} is missing";
                    }
                }

                foreach (var (name, child) in path == ".metadata" ? [] : map.ToList())
                {
                    var inner = schema["properties"]?[name] ?? schema["additionalProperties"];
                    foreach (var violation in inner is null ? [$"{path}.{name} is unknown"] : Violations(child, inner, $"{path}.{name}"))
                    {
                        yield return violation;
                    }
                }

                break;
            case "array" when value is JsonArray list:
                if (list.Count < ((int?)schema["minItems"] ?? 0) || list.Count > ((int?)schema["maxItems"] ?? int.MaxValue))
                {
                    yield return $"{path} has {list.Count} entries";
                }

                if ((string?)schema["x-kubernetes-list-type"] == "set" && list.DistinctBy(entry => entry?.ToJsonString()).Count() < list.Count)
                {
                    yield return $"{path} has an entry twice";
                }

                foreach (var violation in list.SelectMany((entry, i) => Violations(entry, schema["items"]!, $"{path}[{i}]")))
                {
                    yield return violation;
                }

                break;
            case "string" when value?.GetValueKind() == JsonValueKind.String:
                var text = value.GetValue<string>();
                if (text.Length < ((int?)schema["minLength"] ?? 0) || text.Length > ((int?)schema["maxLength"] ?? int.MaxValue))
                {
                    yield return $"{path} has {text.Length} characters";
                }

                if ((schema["pattern"] is { } pattern && !Regex.IsMatch(text, (string)pattern!))
                    || (schema["enum"] is JsonArray values && !values.Any(v => (string?)v == text)))
                {
                    yield return $"{path}: \"{text}\" does not match";
                }

                break;
            case "integer" when value?.GetValueKind() == JsonValueKind.Number:
                if ((long)value < ((long?)schema["minimum"] ?? long.MinValue) || (long)value > ((long?)schema["maximum"] ?? long.MaxValue))
                {
                    yield return $"{path}: {value} is out of range";
                }

                break;
            case "boolean" when value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False:
                break;
            default:
                yield return $"{path} is a {value?.GetValueKind()}, not of type {schema["type"]}";
                break;
        }
    }
}
