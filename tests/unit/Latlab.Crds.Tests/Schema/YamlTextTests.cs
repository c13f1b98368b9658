using System.Text.Json.Nodes;
using CsCheck;
using Latlab.Crds.Schema;

namespace Latlab.Crds.Tests.Schema;

public sealed class YamlTextTests
{
    private static readonly Gen<string> Word = Gen.OneOf(
        Gen.String[Gen.Char[' ', '~'], 0, 40],
        Gen.String[Gen.Char["ab ':#-\"\\\n\té…"], 0, 200],
        Pick("true", "No", "null", "~", "1", "1e3", "0x1", "-", "- a", "a: b", "a #b", "@a", "*", "2Mi", "plain words, as here"));

    private static readonly Gen<JsonNode?> Leaf = Gen.OneOf(
        Word.Select(w => (JsonNode?)w), Gen.Long.Select(n => (JsonNode?)n), Gen.Bool.Select(b => (JsonNode?)b));

    private static readonly Gen<JsonObject> Document = Gen.Recursive<JsonObject>((depth, self) => Gen.Dictionary(
        Gen.String[Gen.Char["abcXYZ019 .:/-#\""], 1, 8],
        depth > 3
            ? Leaf
            : Gen.Frequency((3, Leaf), (1, self.Select(o => (JsonNode?)o)), (1, Entries(Leaf)),
                (1, Entries(self.Select(o => (JsonNode?)o)))))[0, 4]
        .Select(fields => new JsonObject(fields!)));

    [Fact]
    public void A_YAML_reader_reads_the_same_document() => Document.Where(d => d.Count > 0).Sample(document =>
        JsonNode.DeepEquals(Strings(document), Strings(Repository.Documents(YamlText.Of(document)).Single())));

    [Fact]
    public void Long_text_is_folded_at_blanks()
    {
        var text = string.Join(' ', Enumerable.Repeat("word", 60));
        var yaml = YamlText.Of(new JsonObject { ["a"] = new JsonObject { ["description"] = text } });
        Assert.All(yaml.Split('\n'), line => Assert.InRange(line.Length, 0, 112));
        Assert.Equal(text, (string?)Repository.Documents(yaml).Single()["a"]!["description"]);
    }

    [Fact]
    public void Keys_keep_their_order_and_lists_of_maps_their_shape() => Assert.Equal(
        """
        b: 1
        a:
        - x: true
          z: "2"
        - {}
        empty: []

        """,
        YamlText.Of(new JsonObject
        {
            ["b"] = 1,
            ["a"] = new JsonArray(new JsonObject { ["x"] = true, ["z"] = "2" }, new JsonObject()),
            ["empty"] = new JsonArray(),
        }));

    private static Gen<string> Pick(params string[] words) => Gen.Int[0, words.Length - 1].Select(i => words[i]);

    private static Gen<JsonNode?> Entries(Gen<JsonNode?> entry) => entry.Array[0, 3].Select(entries => (JsonNode?)new JsonArray(entries));

    // The reader used here may give an integer that does not fit as text; what is compared is the text and, for strings, that they are
    // strings.
    private static JsonNode? Strings(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Select(e => KeyValuePair.Create(e.Key, Strings(e.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Strings)]),
        JsonValue value when value.TryGetValue<string>(out var text) => "s:" + text,
        _ => node?.ToJsonString(),
    };
}
