using System.Collections;
using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Latlab.Crds.Schema;
using Latlab.Crds.TunedNodes;

namespace Latlab.Crds.Validation;

/// <summary>
/// Checks an object against what its CRD's schema says of each field by itself. The API server does that first; this is for an object that
/// slipped past it (a file that <c>latlab validate</c> reads, an object stored under an older schema). Both read the same attributes, so
/// they cannot disagree.
/// </summary>
internal static class SchemaRules
{
    private static readonly ConcurrentDictionary<string, Regex> Patterns = new(StringComparer.Ordinal);

    /// <summary>Everything that is wrong with <paramref name="value"/>, in the order of the fields.</summary>
    public static IEnumerable<Refusal> Check(object value, string path)
    {
        var properties = SchemaJson.Default.GetTypeInfo(value.GetType())?.Properties
            ?? throw new ArgumentException($"{value.GetType()} is not an API type", nameof(value));
        return properties
            .Where(p => p.Get is not null)
            .SelectMany(p => Field(p.Get!(value), $"{path}.{p.Name}", p.AttributeProvider, MayBeNull(p)));
    }

    private static bool MayBeNull(JsonPropertyInfo property) =>
        property.IsGetNullable && property.AttributeProvider.Find<RequiredAttribute>() is null;

    private static IEnumerable<Refusal> Field(object? value, string path, ICustomAttributeProvider? member, bool mayBeNull) => value switch
    {
        null => mayBeNull ? [] : [new Refusal(path, "", "is missing", "set it")],
        string text => Text(text, path, member),
        bool => [],
        CountOrPercent count => count.IsValid ? [] : [Malformed(path, count.Text, CountOrPercent.Pattern)],
        Enum choice => Enum.IsDefined(choice.GetType(), choice)
            ? []
            : [new Refusal(
                path, choice.ToString("D"), "is not one of the values that there are",
                "write one of: " + string.Join(", ", SchemaJson.Default.Options.EnumValues(choice.GetType()).Select(v => v.Json)))],
        int or long => Number(Convert.ToInt64(value, CultureInfo.InvariantCulture), path, member),
        IReadOnlyDictionary<string, string> map => Size(map.Count, "entries", path, member)
            .Concat(map.SelectMany(e => Entry(e.Value, $"{path}[{e.Key}]", member))),
        IEnumerable list => Entries([.. list.Cast<object?>()], path, member),
        _ => Check(value, path),
    };

    private static IEnumerable<Refusal> Text(string text, string path, ICustomAttributeProvider? attributes)
    {
        if (text.Length == 0 && attributes.Find<RequiredAttribute>() is not null)
        {
            return [new Refusal(path, text, "is missing", "set it")];
        }

        return attributes.Find<RegularExpressionAttribute>() is { } rule && !Matches(text, rule.Pattern)
            ? [Malformed(path, text, rule.Pattern)]
            : Size(text.Length, "characters", path, attributes);
    }

    private static Refusal Malformed(string path, string text, string pattern) =>
        new(path, text, "does not have the form that this field needs", $"write something that matches {pattern}");

    private static IEnumerable<Refusal> Number(long number, string path, ICustomAttributeProvider? attributes)
    {
        if (attributes.Find<RangeAttribute>() is not { } range)
        {
            return [];
        }

        var least = Convert.ToInt64(range.Minimum, CultureInfo.InvariantCulture);
        var most = Convert.ToInt64(range.Maximum, CultureInfo.InvariantCulture);
        return number >= least && number <= most
            ? []
            : [new Refusal(
                path, Invariant(number), $"is not between {Invariant(least)} and {Invariant(most)}",
                $"write a number from {Invariant(least)} to {Invariant(most)}")];
    }

    private static IEnumerable<Refusal> Entries(IReadOnlyList<object?> entries, string path, ICustomAttributeProvider? attributes) =>
        Size(entries.Count, "entries", path, attributes)
            .Concat(entries.SelectMany((entry, i) => Entry(entry, $"{path}[{Invariant(i)}]", attributes)))
            .Concat(attributes.Find<EntryAttribute>() is { Unique: true } ? Repeated(entries, path) : []);

    private static IEnumerable<Refusal> Entry(object? entry, string path, ICustomAttributeProvider? attributes) =>
        (attributes.Find<EntryAttribute>(), entry) switch
        {
            ({ Pattern: { } pattern }, string text) when !Matches(text, pattern) => [Malformed(path, text, pattern)],
            ({ MaxLength: > 0 and var most }, string text) when text.Length > most =>
                [new Refusal(path, text, $"has {Invariant(text.Length)} characters", $"write at most {Invariant(most)}")],
            _ => Field(entry, path, null, mayBeNull: false),
        };

    private static IEnumerable<Refusal> Repeated(IReadOnlyList<object?> entries, string path)
    {
        var seen = new Dictionary<object, int>();
        foreach (var (i, entry) in entries.Index())
        {
            if (entry is not null && !seen.TryAdd(entry, i))
            {
                yield return new Refusal($"{path}[{Invariant(i)}]", $"{entry}", $"is the same as {path}[{Invariant(seen[entry])}]", "write each entry once");
            }
        }
    }

    private static IEnumerable<Refusal> Size(int count, string unit, string path, ICustomAttributeProvider? attributes) =>
        attributes.Find<SizeAttribute>() is { } size && (count < size.Min || count > size.Max)
            ? [new Refusal(
                path, Invariant(count) + " " + unit, $"is not between {Invariant(size.Min)} and {Invariant(size.Max)}",
                $"have {Bounds(size)} {unit}")]
            : [];

    private static string Bounds(SizeAttribute size) =>
        size.Min == size.Max ? "exactly " + Invariant(size.Min) : $"{Invariant(size.Min)} to {Invariant(size.Max)}";

    // The API server's patterns are RE2, where $ is the end of the text; .NET's $ also stands before a line feed at the end.
    private static bool Matches(string text, string pattern) =>
        Patterns.GetOrAdd(
            pattern, p => new Regex(p.EndsWith('$') ? p[..^1] + @"\z" : p, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking))
            .IsMatch(text);

    private static string Invariant(long number) => number.ToString(CultureInfo.InvariantCulture);
}
