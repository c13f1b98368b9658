namespace Latlab.NodeAgent.Knobs;

/// <summary>What knobs of many things have in common, whose values are by number or by name. Pure.</summary>
internal static class ManyValues
{
    /// <summary>Several failures as one text; null for none.</summary>
    public static string? Failure(IReadOnlyList<string> failures) => failures.Count switch
    {
        0 => null,
        1 => failures[0],
        _ => $"{failures[0]}, and {failures.Count - 1} more like it",
    };

    /// <summary>Values of one side whose things have other values on the other side; what only one side has comes and goes.</summary>
    public static IReadOnlyList<(TKey Key, string Left, string Right)> Differing<TKey>(
        IReadOnlyDictionary<TKey, string> left, IReadOnlyDictionary<TKey, string> right, Func<string, string, bool>? same = null) =>
    [
        .. from entry in left
           where right.TryGetValue(entry.Key, out var other) && !(same?.Invoke(entry.Value, other) ?? entry.Value == other)
           select (entry.Key, entry.Value, right[entry.Key]),
    ];

    /// <summary>Asked for and read back, of what differs.</summary>
    public static string Shortfall<TKey>(
        IReadOnlyList<(TKey Key, string Left, string Right)> differing, Func<IEnumerable<KeyValuePair<TKey, string>>, string> format) =>
        $"asked for {format(differing.Select(entry => KeyValuePair.Create(entry.Key, entry.Left)))}, "
            + $"read back {format(differing.Select(entry => KeyValuePair.Create(entry.Key, entry.Right)))}";

    /// <summary>Prior values with those found of what appeared since.</summary>
    public static IReadOnlyDictionary<TKey, string> Extended<TKey>(
        IReadOnlyDictionary<TKey, string> prior, IReadOnlyDictionary<TKey, string> found)
        where TKey : notnull =>
        found.Concat(prior).GroupBy(entry => entry.Key).ToDictionary(group => group.Key, group => group.Last().Value);
}
