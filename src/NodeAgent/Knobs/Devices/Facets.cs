namespace Latlab.NodeAgent.Knobs.Devices;

/// <summary>
/// A value of several parts as one text without blanks, for the journal and the ledger: <c>ixgbe,override=none,netdev=ens1f0</c>. A part
/// that a text leaves out is one that it says nothing of.
/// </summary>
internal static class Facets
{
    /// <summary>The part without a name.</summary>
    public const string Main = "";

    /// <summary>The text of some parts; those without a value are left out.</summary>
    public static string Format(string main, params IEnumerable<(string Name, string? Value)> parts) =>
        string.Join(',', [main, .. parts.Where(part => part.Value is not null).Select(part => $"{part.Name}={part.Value}")]);

    public static IReadOnlyDictionary<string, string> Parse(string text)
    {
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var sign = part.IndexOf('=', StringComparison.Ordinal);
            parts[sign < 0 ? Main : part[..sign]] = part[(sign + 1)..];
        }

        return parts;
    }

    /// <summary>Whether two texts have the same values for the parts that both have.</summary>
    public static bool Agree(string left, string right)
    {
        var others = Parse(right);
        return Parse(left).All(part => !others.TryGetValue(part.Key, out var value) || value == part.Value);
    }
}
