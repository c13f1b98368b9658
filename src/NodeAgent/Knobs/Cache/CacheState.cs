using System.Globalization;
using System.Numerics;
using Latlab.NodeAgent.Knobs.Files;

namespace Latlab.NodeAgent.Knobs.Cache;

/// <summary>
/// How caches are divided: the CPUs of latlab's group, its ways of each cache, and those of everybody else. As a text: <c>2-5 own 0=ff
/// others 0=f00 1=fff</c>; <c>none</c> for CPUs when there is no such group, and <c>but pqos1</c> at the end when a group of somebody
/// else's has a part of ours.
/// </summary>
/// <param name="Cpus">The group's CPUs as a list; null when there is no group.</param>
/// <param name="Own">Masks by cache, hexadecimal without zeros in front.</param>
/// <param name="Others">The same of the default group.</param>
internal sealed record CacheState(string? Cpus, SortedDictionary<int, string> Own, SortedDictionary<int, string> Others)
{
    private const string None = "none";
    private const string OwnWord = " own ";
    private const string OthersWord = " others ";
    private const string RivalWord = " but ";

    /// <summary>The group of somebody else's that has our CPUs or ways; null for none.</summary>
    public string? Rival { get; init; }

    public override string ToString() => $"{Cpus ?? None}{OwnWord}{Masks(Own)}{OthersWord}{Masks(Others)}{(Rival is null ? "" : RivalWord + Rival)}";

    public static CacheState Parse(string text)
    {
        var own = text.Split(OwnWord, 2);
        var others = own[^1].Split(OthersWord, 2);
        var rival = others[^1].Split(RivalWord, 2);
        return new(own[0] == None ? null : own[0], NumberedValues.Parse(others[0]), NumberedValues.Parse(rival[0]))
        {
            Rival = rival.Length == 2 ? rival[1] : null,
        };
    }

    /// <summary>The L3 line of a schemata: <c>L3:0=7ff;1=7ff</c>; empty when there is none.</summary>
    public static SortedDictionary<int, string> Schemata(string text)
    {
        var line = text.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.StartsWith("L3:", StringComparison.Ordinal));
        var masks = new SortedDictionary<int, string>();
        foreach (var entry in (line ?? "L3:")["L3:".Length..].Split(';'))
        {
            if (entry.Split('=') is [var cache, var mask] && int.TryParse(cache, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && Bits(mask) is { } bits)
            {
                masks[number] = Hex(bits);
            }
        }

        return masks;
    }

    public static string Line(IEnumerable<KeyValuePair<int, string>> masks) =>
        "L3:" + string.Join(';', masks.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key}={entry.Value}")));

    public static ulong? Bits(string? hex) =>
        ulong.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits) ? bits : null;

    public static string Hex(ulong bits) => bits.ToString("x", CultureInfo.InvariantCulture);

    public static int Ways(ulong bits) => BitOperations.PopCount(bits);

    private static string Masks(SortedDictionary<int, string> masks) => masks.Count == 0 ? "-" : NumberedValues.Format(masks);
}
