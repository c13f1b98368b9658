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
        var schemas = new StructuralSchema(SchemaJson.Default.Options, XmlDocumentation.OfApi());
        List<string> compared = [];
        foreach (var kind in ApiResources.All)
        {
            Compare(kind.Kind, kind.SpecType, schemas.Of(kind.SpecType));
        }

        // Objects that a fresh spec has not, and entries of lists, are compared, too.
        Assert.Superset(
            new HashSet<string>
            {
                "TunedNode.memory.hugePages[].numaNode", "TunedNode.virtualWires[].mtu", "NodeTuning.virtualWires[].mtu", "LatencyExperiment.traffic.frameSize",
                "LatencyExperiment.forwarder.mode", "LatencyExperiment.forwarder.cpus", "LatencyExperiment.forwarder.memoryMiB",
                "LatencyExperiment.artifacts.pcap", "LatencyRun.forwarder.cpus",
            },
            compared.ToHashSet());

        void Compare(string path, Type type, JsonNode schema)
        {
            var fresh = JsonSerializer.SerializeToNode(Activator.CreateInstance(type), type, Reflection)!;
            foreach (var property in SchemaJson.Default.Options.GetTypeInfo(type).Properties.Where(p => schema["properties"]![p.Name] is not null))
            {
                var (at, field) = ($"{path}.{property.Name}", schema["properties"]![property.Name]!);
                if (field["default"] is { } value)
                {
                    compared.Add(at);
                    Assert.True(
                        JsonNode.DeepEquals(value, fresh[property.Name]),
                        $"{at}: the schema's default is {value}, the type's initial value {fresh[property.Name]}");
                }

                var inner = SchemaJson.Default.Options.GetTypeInfo(property.PropertyType);
                if (inner.Kind == JsonTypeInfoKind.Object)
                {
                    Compare(at, property.PropertyType, field);
                }
                else if (inner is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } element }
                    && SchemaJson.Default.Options.GetTypeInfo(element).Kind == JsonTypeInfoKind.Object)
                {
                    Compare($"{at}[]", element, field["items"]!);
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
