using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Latlab.Crds.Schema;

namespace Latlab.Crds.Tests.Schema;

/// <summary>The agent reads objects by source-generated code, the operator by reflection: both must see the same.</summary>
public sealed class SchemaJsonTests
{
    private static readonly JsonSerializerOptions Reflection = new(SchemaJson.Default.Options)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    public static TheoryData<Type> Types { get; } =
        [.. ApiResources.All.SelectMany(kind => new[] { kind.SpecType, kind.StatusType }).SelectMany(Nested).Distinct()];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_field_that_is_left_out_keeps_its_initial_value(Type type)
    {
        var generated = JsonSerializer.Deserialize("{}", SchemaJson.Default.Options.GetTypeInfo(type));
        var reflected = JsonSerializer.Deserialize("{}", type, Reflection);
        Assert.Equal(Text(Activator.CreateInstance(type)), Text(generated));
        Assert.Equal(Text(reflected), Text(generated));

        static string? Text(object? value) => JsonSerializer.SerializeToNode(value, Reflection)?.ToJsonString();
    }

    [Fact]
    public void Initial_values_are_the_defaults_of_the_schema()
    {
        foreach (var kind in ApiResources.All)
        {
            var schema = new StructuralSchema(SchemaJson.Default.Options, XmlDocumentation.OfApi()).Of(kind.SpecType);
            var fresh = JsonSerializer.SerializeToNode(Activator.CreateInstance(kind.SpecType), Reflection)!;
            Compare(kind.Kind, schema, fresh);
        }

        static void Compare(string path, JsonNode schema, JsonNode fresh)
        {
            foreach (var (name, field) in schema["properties"]?.AsObject() ?? [])
            {
                if (field!["default"] is { } value)
                {
                    Assert.True(
                        JsonNode.DeepEquals(value, fresh[name]),
                        $"{path}.{name}: the schema's default is {value}, the type's initial value {fresh[name]}");
                }

                if (fresh[name] is JsonObject inner)
                {
                    Compare($"{path}.{name}", field, inner);
                }
            }
        }
    }

    private static IEnumerable<Type> Nested(Type type)
    {
        var info = SchemaJson.Default.Options.GetTypeInfo(type);
        var inner = info.Kind == JsonTypeInfoKind.Enumerable ? [info.ElementType!] : info.Properties.Select(p => p.PropertyType);
        return inner.SelectMany(Nested).Prepend(type).Where(t => SchemaJson.Default.Options.GetTypeInfo(t).Kind == JsonTypeInfoKind.Object);
    }
}
