using System.Globalization;
using System.Text.RegularExpressions;
using Latlab.Crds;

namespace Latlab.NodeAgent.Knobs.Named;

/// <summary>
/// Values by name (of a thread, a container) and their text in the journal and the ledger: <c>0-1: kthreadd rcuop/[0-3]; 0-3: jbd2</c>.
/// Names that differ in a number at their end share an entry.
/// </summary>
internal static partial class NamedValues
{
    /// <summary>The text when there is nothing that could have a value.</summary>
    public const string None = "none";

    private const string BetweenValues = "; ";
    private const string AfterValue = ": ";

    /// <summary>A name as it can stand in the text: without blanks, brackets and separators. What differs in those alone is one there.</summary>
    public static string Holdable(string name) => NotHoldable().Replace(name, "_") is { Length: > 0 } held ? held : "_";

    public static string Format(IEnumerable<KeyValuePair<string, string>> values)
    {
        var text = string.Join(BetweenValues, values
            .GroupBy(entry => entry.Value, entry => entry.Key, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.Key + AfterValue + string.Join(' ', Names(group))));
        return text.Length > 0 ? text : None;
    }

    /// <summary>The values in a text; what is not in that form is left out.</summary>
    public static SortedDictionary<string, string> Parse(string text)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var group in text.Split(BetweenValues))
        {
            var parts = group.Split(AfterValue, 2);
            foreach (var name in parts.Length == 2 ? parts[1].Split(' ').SelectMany(Expanded) : [])
            {
                values[name] = parts[0];
            }
        }

        return values;
    }

    private static IEnumerable<string> Names(IEnumerable<string> names) => names
        .Select(name => Numbered().Match(name))
        .GroupBy(match => match.Groups[1].Value, StringComparer.Ordinal)
        .OrderBy(stem => stem.Key, StringComparer.Ordinal)
        .SelectMany(stem =>
        {
            var numbers = stem.Where(match => match.Groups[2].Length > 0)
                .Select(match => int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture)).Order().ToList();
            return numbers.Count < 2
                ? stem.Select(match => match.Value)
                : stem.Where(match => match.Groups[2].Length == 0).Select(match => match.Value).Append($"{stem.Key}[{CpuList.Format(numbers)}]");
        });

    private static IEnumerable<string> Expanded(string name)
    {
        var bracket = name.IndexOf('[', StringComparison.Ordinal);
        return bracket >= 0 && name.EndsWith(']') && CpuList.TryParse(name[(bracket + 1)..^1], MostNumber, out var numbers)
            ? numbers.Select(number => name[..bracket] + number.ToString(CultureInfo.InvariantCulture))
            : [name];
    }

    /// <summary>Of the digits that <see cref="Numbered"/> takes.</summary>
    private const int MostNumber = 9_999;

    [GeneratedRegex(@"[^A-Za-z0-9_./:+#@,-]")]
    private static partial Regex NotHoldable();

    // Without zeros in front, which a number would not keep.
    [GeneratedRegex(@"^(.*?)(?:(?<![0-9])(0|[1-9][0-9]{0,3}))?\z")]
    private static partial Regex Numbered();
}
