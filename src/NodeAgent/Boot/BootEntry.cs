namespace Latlab.NodeAgent.Boot;

/// <summary>A menu entry of type 1 (Boot Loader Specification): a file of keys and values. Pure.</summary>
/// <param name="Path">The file.</param>
/// <param name="Text">What it says.</param>
internal sealed record BootEntry(string Path, string Text)
{
    private const string OptionsKey = "options";

    /// <summary>The kernel's release.</summary>
    public string? Version => Values("version").FirstOrDefault();

    /// <summary>The kernel's command line. The key may be given several times; the values are joined by blanks.</summary>
    public string Options => string.Join(' ', Values(OptionsKey));

    /// <summary>The text without words of ours on any line of options, and with our block on the last one.</summary>
    public string With(IReadOnlySet<string> ours, string block)
    {
        var lines = Text.Split('\n').ToList();
        var options = lines.Select((line, i) => (Line: line, Index: i)).Where(item => Key(item.Line) == OptionsKey).ToList();
        foreach (var (line, i) in options)
        {
            var start = line.IndexOf(OptionsKey, StringComparison.Ordinal) + OptionsKey.Length;
            lines[i] = line[..start] + OwnedWords.Replaced(line[start..], ours, i == options[^1].Index ? block : "");
        }

        if (options.Count == 0 && block.Length > 0)
        {
            lines.Insert(Text.EndsWith('\n') ? lines.Count - 1 : lines.Count, $"{OptionsKey} {block}");
        }

        return string.Join('\n', lines);
    }

    private IEnumerable<string> Values(string key) => Text.Split('\n')
        .Where(line => Key(line) == key)
        .Select(line => line.Trim()[key.Length..].Trim());

    private static string? Key(string line) => BootWords.Of(line) is [var first, _, ..] ? first : null;
}
