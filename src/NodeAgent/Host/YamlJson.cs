using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Latlab.NodeAgent.Host;

/// <summary>Reads YAML 1.2's JSON-like core (JSON included) into JSON nodes: no reflection, as NativeAOT has none.</summary>
internal static class YamlJson
{
    /// <exception cref="FormatException">It is not YAML, or uses anchors.</exception>
    public static JsonNode? Convert(string yaml)
    {
        try
        {
            var parser = new Parser(new StringReader(yaml));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                return null;
            }

            var node = Node(parser);
            parser.Consume<DocumentEnd>();
            return parser.Accept<StreamEnd>(out _) ? node : throw new FormatException("holds more than one document; write one");
        }
        catch (YamlException e)
        {
            throw new FormatException($"line {e.Start.Line}, column {e.Start.Column}: {e.Message}", e);
        }
    }

    private static JsonNode? Node(Parser parser)
    {
        if (parser.TryConsume<MappingStart>(out _))
        {
            var map = new JsonObject();
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var key = parser.Consume<Scalar>();
                if (!map.TryAdd(key.Value, Node(parser)))
                {
                    throw new FormatException($"line {key.Start.Line}: \"{key.Value}\" is there twice; write it once");
                }
            }

            return map;
        }

        if (parser.TryConsume<SequenceStart>(out _))
        {
            var list = new JsonArray();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                list.Add(Node(parser));
            }

            return list;
        }

        return parser.TryConsume<Scalar>(out var scalar)
            ? Value(scalar)
            : throw new FormatException($"line {parser.Current!.Start.Line}: anchors and aliases are not read here; write the value out");
    }

    private static JsonValue? Value(Scalar scalar) => scalar switch
    {
        { Style: not ScalarStyle.Plain } => JsonValue.Create(scalar.Value),
        { Value: "" or "~" or "null" } => null,
        { Value: "true" } => JsonValue.Create(true),
        { Value: "false" } => JsonValue.Create(false),
        _ when long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
            JsonValue.Create(number),
        _ => JsonValue.Create(scalar.Value),
    };
}
