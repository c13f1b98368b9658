using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Latlab.Crds.TunedNodes;

namespace Latlab.Crds.Schema;

/// <summary>
/// Makes the structural schema of a type as apiextensions v1 wants it (Kubernetes, "Extend the Kubernetes API with
/// CustomResourceDefinitions"). The shape comes from <see cref="JsonSchemaExporter"/>; bounds, defaults, list types and descriptions come
/// from attributes and documentation.
/// </summary>
public sealed class StructuralSchema(JsonSerializerOptions options, XmlDocumentation documentation)
{
    private readonly HashSet<Type> _within = [];

    /// <summary>The schema of a type, its properties in the order of their declaration.</summary>
    /// <exception cref="InvalidOperationException">A field has a shape that a structural schema cannot say, or no description.</exception>
    public JsonObject Of(Type type) => (JsonObject)options.GetJsonSchemaAsNode(
        type, new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform });

    /// <summary>
    /// The exporter refers to a type that it has seen by its place; a structural schema has no references, and says it again.
    /// </summary>
    private JsonNode Resolved(JsonSchemaExporterContext context, JsonNode exported)
    {
        if (exported is not JsonObject { } node || !node.ContainsKey("$ref"))
        {
            return exported;
        }

        if (!_within.Add(context.TypeInfo.Type))
        {
            throw new InvalidOperationException($"{context.TypeInfo.Type} contains itself, and a structural schema has no references");
        }

        var resolved = Of(context.TypeInfo.Type);
        _within.Remove(context.TypeInfo.Type);
        return resolved;
    }

    private JsonObject Transform(JsonSchemaExporterContext context, JsonNode exported)
    {
        var path = string.Join('.', context.Path.ToArray());
        if (context.TypeInfo.Type == typeof(CountOrPercent))
        {
            return CountOrPercentSchema(context.PropertyInfo);
        }

        if (Resolved(context, exported) is not JsonObject node || node.ContainsKey("anyOf"))
        {
            throw new InvalidOperationException(
                $"{context.TypeInfo.Type} at {path} has no structural schema; use a record, list, dictionary, enum or scalar");
        }

        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var attributes = context.PropertyInfo?.AttributeProvider;
        // Built anew rather than changed: the order of the keys is then the same whatever the exporter did first.
        var schema = new JsonObject { ["description"] = Description(context.PropertyInfo, type) };
        schema["type"] = TypeName(node, path);
        Copy(node, schema, "format");
        if (type == typeof(int) || type == typeof(long))
        {
            schema["format"] = type == typeof(int) ? "int32" : "int64";
        }

        if (type.IsEnum)
        {
            schema["enum"] = new JsonArray([.. options.EnumValues(type).Select(v => (JsonNode)v.Json)]);
        }

        AddBounds(schema, attributes, path);
        AddDefault(schema, attributes);
        AddListType(schema, node, attributes, path);
        AddRequired(schema, context.TypeInfo);
        Copy(node, schema, "properties");
        Copy(node, schema, "items");
        Copy(node, schema, "additionalProperties");
        AddEntryBounds(schema, attributes, path);
        if (schema["description"] is null)
        {
            schema.Remove("description");
        }

        return schema;
    }

    /// <summary>What apiextensions v1 calls int-or-string: no type, but two that may be.</summary>
    private JsonObject CountOrPercentSchema(JsonPropertyInfo? property)
    {
        var schema = new JsonObject
        {
            ["description"] = Description(property, typeof(CountOrPercent)),
            ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "integer" }, new JsonObject { ["type"] = "string" }),
            ["pattern"] = CountOrPercent.Pattern,
            ["x-kubernetes-int-or-string"] = true,
        };
        AddDefault(schema, property?.AttributeProvider);
        return schema;
    }

    private string? Description(JsonPropertyInfo? property, Type type)
    {
        var text = property switch
        {
            { AttributeProvider: MemberInfo member } => documentation.Text(XmlDocumentation.Id('P', member.DeclaringType!, member.Name)),
            _ when options.GetTypeInfo(type).Kind == JsonTypeInfoKind.Object => documentation.Text(XmlDocumentation.Id('T', type)),
            _ => null,
        };
        return text is not null && type.IsEnum
            ? text + string.Concat(
                options.EnumValues(type).Select(v => $" {v.Json}: {documentation.Text(XmlDocumentation.Id('F', type, v.Member))}"))
            : text;
    }

    private static string TypeName(JsonObject node, string path)
    {
        // An optional field is one that may be left out: the API knows no null, so ["string", "null"] is a string.
        var names = node["type"] switch
        {
            JsonArray several => several.Select(n => n!.GetValue<string>()).Where(n => n != "null").ToList(),
            { } one => [one.GetValue<string>()],
            null => node.ContainsKey("enum") ? ["string"] : [],
        };
        return names is [var name]
            ? name
            : throw new InvalidOperationException(
                $"{path} has {names.Count} JSON types; a structural schema has one: check the field's type and the number handling");
    }

    private static void AddBounds(JsonObject schema, ICustomAttributeProvider? attributes, string path)
    {
        if (attributes.Find<RegularExpressionAttribute>() is { } pattern)
        {
            schema["pattern"] = pattern.Pattern;
        }

        if (attributes.Find<RangeAttribute>() is { } range)
        {
            schema["minimum"] = Convert.ToInt64(range.Minimum, System.Globalization.CultureInfo.InvariantCulture);
            schema["maximum"] = Convert.ToInt64(range.Maximum, System.Globalization.CultureInfo.InvariantCulture);
        }

        if (attributes.Find<SizeAttribute>() is { } size)
        {
            var what = schema["type"]!.GetValue<string>() switch
            {
                "string" => "Length",
                "array" => "Items",
                "object" => "Properties",
                var other => throw new InvalidOperationException(
                    $"{path} has a [Size] and is of type {other}; only strings, lists and dictionaries have one"),
            };
            if (size.Min > 0)
            {
                schema["min" + what] = size.Min;
            }

            schema["max" + what] = size.Max;
        }
    }

    private static void AddEntryBounds(JsonObject schema, ICustomAttributeProvider? attributes, string path)
    {
        if (attributes.Find<EntryAttribute>() is not { } entry)
        {
            return;
        }

        if ((schema["items"] ?? schema["additionalProperties"]) is not JsonObject each || each["type"]!.GetValue<string>() != "string")
        {
            throw new InvalidOperationException($"{path} has an [Entry]; only lists and dictionaries of strings have one");
        }

        if (entry.Pattern is not null)
        {
            each["pattern"] = entry.Pattern;
        }

        if (entry.MaxLength > 0)
        {
            each["maxLength"] = entry.MaxLength;
        }
    }

    private void AddDefault(JsonObject schema, ICustomAttributeProvider? attributes)
    {
        if (attributes.Find<DefaultValueAttribute>()?.Value is { } value)
        {
            schema["default"] = value switch
            {
                Enum => JsonSerializer.SerializeToNode(value, options.GetTypeInfo(value.GetType())),
                string s => s,
                bool b => b,
                _ => Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture),
            };
        }
    }

    private static void AddListType(JsonObject schema, JsonObject node, ICustomAttributeProvider? attributes, string path)
    {
        if (attributes.Find<ListMapKeysAttribute>() is not { } map)
        {
            if (schema["type"]!.GetValue<string>() == "array")
            {
                schema["x-kubernetes-list-type"] = attributes.Find<EntryAttribute>()?.Unique == true ? "set" : "atomic";
            }

            return;
        }

        schema["x-kubernetes-list-type"] = "map";
        schema["x-kubernetes-list-map-keys"] = new JsonArray([.. map.Keys.Select(k => (JsonNode)k)]);
        var items = node["items"]?.AsObject();
        var required = items?["required"]?.AsArray().Select(n => n!.GetValue<string>()) ?? [];
        if (map.Keys.FirstOrDefault(k => !required.Contains(k) && items?["properties"]?[k]?["default"] is null) is { } open)
        {
            throw new InvalidOperationException(
                $"{path} is a map by {open}, and {open} is neither [Required] nor has it a [DefaultValue]: Kubernetes refuses that");
        }
    }

    private static void AddRequired(JsonObject schema, JsonTypeInfo type)
    {
        var required = type.Kind == JsonTypeInfoKind.Object
            ? type.Properties.Where(p => p.AttributeProvider.Find<RequiredAttribute>() is not null).Select(p => (JsonNode)p.Name).ToArray()
            : [];
        if (required.Length > 0)
        {
            schema["required"] = new JsonArray(required);
        }
    }

    private static void Copy(JsonObject from, JsonObject to, string key)
    {
        if (from[key] is { } value)
        {
            to[key] = value.DeepClone();
        }
    }
}
