using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Latlab.Crds.Schema;

namespace Latlab.Crds.Tests.Schema;

public sealed class StructuralSchemaTests
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly XmlDocumentation Documentation = new(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Latlab.Crds.Tests.xml")));
    private static readonly JsonObject Everything = new StructuralSchema(Options, Documentation).Of(typeof(Example));

    /// <summary>A bit of everything.</summary>
    public sealed record Example
    {
        /// <summary>Has <c>code</c>, <see cref="Wide"/> and
        /// a line end.</summary>
        [Required]
        [RegularExpression("^a+$")]
        [Size(1, 9)]
        public string Text { get; init; } = "";

        /// <summary>Int.</summary>
        [Range(1, 100)]
        [DefaultValue(7)]
        public int Narrow { get; init; }

        /// <summary>Long.</summary>
        [Required]
        [Range(0, 9_000_000_000_000)]
        public long Wide { get; init; }

        /// <summary>May be left out.</summary>
        public int? Maybe { get; init; }

        /// <summary>When.</summary>
        public DateTime? Time { get; init; }

        /// <summary>Whether.</summary>
        [DefaultValue(false)]
        public bool Flag { get; init; }

        /// <summary>W.</summary>
        [DefaultValue(Colour.DarkRed)]
        public Colour? Choice { get; init; }

        /// <summary>N.</summary>
        [Size(2, 2)]
        public IReadOnlyList<string> Names { get; init; } = [];

        /// <summary>Entries.</summary>
        [ListMapKeys("key", "place")]
        public IReadOnlyList<Entry> Entries { get; init; } = [];

        /// <summary>Labels.</summary>
        [Size(0, 5)]
        public IReadOnlyDictionary<string, string>? Labels { get; init; }

        /// <summary>Tags.</summary>
        [Entry(Pattern = "^t", MaxLength = 9, Unique = true)]
        public IReadOnlyList<string> Tags { get; init; } = [];

        /// <summary>Settings.</summary>
        [Size(1, 5)]
        [Entry(MaxLength = 63)]
        public IReadOnlyDictionary<string, string>? Settings { get; init; }

        /// <inheritdoc cref="Wide"/>
        public long Inherited { get; init; }

        /// <summary>Not in the API.</summary>
        [JsonIgnore]
        public string Ignored => Text;
    }

    /// <summary>An entry.</summary>
    public sealed record Entry
    {
        /// <summary>Key.</summary>
        [Required]
        public string Key { get; init; } = "";

        /// <summary>Place.</summary>
        [DefaultValue(0)]
        public int Place { get; init; }
    }

    /// <summary>A map whose key may be left out.</summary>
    public sealed record OpenKey
    {
        /// <summary>Entries.</summary>
        [ListMapKeys("loose")]
        public IReadOnlyList<Loose> Entries { get; init; } = [];
    }

    /// <summary>An entry without a firm key.</summary>
    public sealed record Loose
    {
        /// <summary>Key.</summary>
        [JsonPropertyName("loose")]
        public string? Key { get; init; }
    }

    /// <summary>A bound that no entry can have.</summary>
    public sealed record Misbounded
    {
        /// <summary>Entries.</summary>
        [Entry(MaxLength = 3)]
        [JsonPropertyName("numbers")]
        public IReadOnlyList<int> Numbers { get; init; } = [];
    }

    /// <summary>A field of no type.</summary>
    public sealed record Shapeless
    {
        /// <summary>Anything.</summary>
        public JsonElement Anything { get; init; }
    }

    /// <summary>A field without a text.</summary>
    public sealed record Undocumented
    {
        public string? Silent { get; init; }
    }

    /// <summary>Colours.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<Colour>))]
    public enum Colour
    {
        /// <summary>Sky.</summary>
        Blue,

        /// <summary>Wine.</summary>
        [JsonStringEnumMemberName("dark-red")]
        DarkRed,
    }

    [Theory]
    [InlineData(
        "text", """{"description":"Has code, wide and a line end.","type":"string","pattern":"^a+$","minLength":1,"maxLength":9}""")]
    [InlineData("narrow", """{"description":"Int.","type":"integer","format":"int32","minimum":1,"maximum":100,"default":7}""")]
    [InlineData("wide", """{"description":"Long.","type":"integer","format":"int64","minimum":0,"maximum":9000000000000}""")]
    [InlineData("maybe", """{"description":"May be left out.","type":"integer","format":"int32"}""")]
    [InlineData("time", """{"description":"When.","type":"string","format":"date-time"}""")]
    [InlineData("flag", """{"description":"Whether.","type":"boolean","default":false}""")]
    [InlineData(
        "choice",
        """{"description":"W. Blue: Sky. dark-red: Wine.","type":"string","enum":["Blue","dark-red"],"default":"dark-red"}""")]
    [InlineData(
        "names",
        """{"description":"N.","type":"array","minItems":2,"maxItems":2,"x-kubernetes-list-type":"atomic","items":{"type":"string"}}""")]
    [InlineData("labels", """{"description":"Labels.","type":"object","maxProperties":5,"additionalProperties":{"type":"string"}}""")]
    [InlineData(
        "tags",
        """{"description":"Tags.","type":"array","x-kubernetes-list-type":"set","items":{"type":"string","pattern":"^t","maxLength":9}}""")]
    [InlineData(
        "settings",
        """{"description":"Settings.","type":"object","minProperties":1,"maxProperties":5,"additionalProperties":{"type":"string","maxLength":63}}""")]
    [InlineData("inherited", """{"description":"Long.","type":"integer","format":"int64"}""")]
    public void A_field_becomes_what_its_type_attributes_and_summary_say(string field, string expected) =>
        Assert.Equal(expected, Everything["properties"]![field]!.ToJsonString(Options));

    [Fact]
    public void A_list_map_names_its_keys_and_describes_its_entries()
    {
        var entries = Everything["properties"]!["entries"]!;
        Assert.Equal("map", (string?)entries["x-kubernetes-list-type"]);
        Assert.Equal("""["key","place"]""", entries["x-kubernetes-list-map-keys"]!.ToJsonString());
        Assert.Equal("An entry.", (string?)entries["items"]!["description"]);
        Assert.Equal("""["key"]""", entries["items"]!["required"]!.ToJsonString());
    }

    [Fact]
    public void Required_fields_are_listed_in_order_of_declaration() =>
        Assert.Equal("""["text","wide"]""", Everything["required"]!.ToJsonString());

    [Fact]
    public void An_ignored_property_is_not_in_the_schema() => Assert.Null(Everything["properties"]!["ignored"]);

    [Theory]
    [InlineData(typeof(OpenKey), "loose")]
    [InlineData(typeof(Misbounded), "numbers")]
    [InlineData(typeof(Shapeless), "anything")]
    [InlineData(typeof(Undocumented), "Silent")]
    public void What_Kubernetes_would_refuse_is_an_error_that_names_the_field(Type type, string field) =>
        Assert.Contains(
            field, Assert.Throws<InvalidOperationException>(() => new StructuralSchema(Options, Documentation).Of(type)).Message,
            StringComparison.Ordinal);
}
