using System.Text.Json.Nodes;

namespace Latlab.NodeAgent.Kubelet;

/// <summary>A map among kubelet's settings, in the form of its flag: <c>full-pcpus-only=true,strict-cpu-reservation=false</c>. Pure.</summary>
internal static class KubeletOptions
{
    public static IReadOnlyDictionary<string, string> Parse(string? text) => Pairs(text).ToDictionary(pair => pair.Key, pair => pair.Value);

    public static string Format(IEnumerable<KeyValuePair<string, string>> options) => string.Join(',', options.Select(option => $"{option.Key}={option.Value}"));

    /// <summary>What a later file's map makes of that of the files before: it goes over it key by key.</summary>
    public static string Merged(string? before, JsonObject map) =>
        Format(With(Parse(before), map.ToDictionary(option => option.Key, option => option.Value?.ToString() ?? "")));

    /// <summary>The options with some changed, in the order of their names.</summary>
    public static IEnumerable<KeyValuePair<string, string>> With(IReadOnlyDictionary<string, string> options, IReadOnlyDictionary<string, string> changed) =>
        options.Where(option => !changed.ContainsKey(option.Key)).Concat(changed).OrderBy(option => option.Key, StringComparer.Ordinal);

    private static IEnumerable<(string Key, string Value)> Pairs(string? text) => (text ?? "")
        .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(word => word.Split('=', 2))
        .Select(parts => (parts[0], parts.Length == 2 ? parts[1] : "true"))
        .GroupBy(pair => pair.Item1).Select(same => (same.Key, same.Last().Item2));
}
