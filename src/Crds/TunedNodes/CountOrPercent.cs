using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Latlab.Crds.TunedNodes;

/// <summary>A number of at least one, or a part in percent: an int-or-string in the API.</summary>
/// <param name="Text">As the user wrote it, e.g. <c>2</c> or <c>5%</c>.</param>
[JsonConverter(typeof(CountOrPercentJson))]
public sealed partial record CountOrPercent(string Text)
{
    /// <summary>What a text of it must match; numbers are told by the schema.</summary>
    public const string Pattern = "^([1-9][0-9]{0,5}|([1-9][0-9]?|100)%)$";

    /// <summary>One.</summary>
    public static readonly CountOrPercent One = new("1");

    /// <summary>Whether it is one of the texts that can be.</summary>
    public bool IsValid => Form().IsMatch(Text) && !Text.EndsWith('\n');

    /// <summary>
    /// How many that is of <paramref name="total"/>: a part is rounded down, but at least one, as 10 % of two nodes would else be none for
    /// ever.
    /// </summary>
    public int Of(int total) => Text.EndsWith('%')
        ? Math.Max(1, (int)((long)Number(Text[..^1]) * total / 100))
        : Number(Text);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(Pattern)]
    private static partial Regex Form();
}

/// <summary>A number stays a number.</summary>
public sealed class CountOrPercentJson : JsonConverter<CountOrPercent>
{
    /// <inheritdoc/>
    public override CountOrPercent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetInt64(out var number) => new(number.ToString(CultureInfo.InvariantCulture)),
        JsonTokenType.String => new(reader.GetString()!),
        _ => throw new JsonException("is neither a whole number nor a text like 5%"),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, CountOrPercent value, JsonSerializerOptions options)
    {
        if (int.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteStringValue(value.Text);
        }
    }
}
