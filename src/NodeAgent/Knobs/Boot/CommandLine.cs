using Latlab.Crds.Validation;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>
/// The running kernel's command line, in words: blanks part them, except within double quotes (<c>lib/cmdline.c</c>). What follows
/// <c>--</c> is for the first program and not for the kernel.
/// </summary>
internal sealed class CommandLine
{
    public const string Path = "/proc/cmdline";

    private readonly List<(string Name, string? Value)> _words = [];

    public CommandLine(string text)
    {
        foreach (var word in Words(text).TakeWhile(word => word != "--"))
        {
            var parts = word.Split('=', 2);
            _words.Add((Name(parts[0]), parts.Length == 2 ? parts[1].Trim('"') : null));
        }
    }

    /// <summary>The values of an argument, in order; null for each time that it is a flag.</summary>
    public IReadOnlyList<string?> Of(string name) => [.. _words.Where(word => word.Name == Name(name)).Select(word => word.Value)];

    /// <summary>The number of huge pages asked for by size: <c>hugepages=</c> is about the last <c>hugepagesz=</c> before it.</summary>
    public IReadOnlyList<string?> PagesOf(string size)
    {
        var counts = new List<string?>();
        var current = default(string);
        foreach (var (name, value) in _words)
        {
            if (name == "hugepagesz")
            {
                current = value;
            }
            else if (name == "hugepages" && string.Equals(current, size, StringComparison.OrdinalIgnoreCase))
            {
                counts.Add(value);
            }
        }

        return counts;
    }

    /// <summary>The values of an argument, or the counts of a pool, in order.</summary>
    public IReadOnlyList<string?> Of(KernelArgument argument) => argument.PoolSize is { } size ? PagesOf(size) : Of(argument.Name);

    /// <summary>The kernel takes dashes in names for underscores.</summary>
    private static string Name(string name) => name.Replace('-', '_');

    private static IEnumerable<string> Words(string text)
    {
        var start = 0;
        var quoted = false;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '"')
            {
                quoted = !quoted;
            }
            else if (i == text.Length || (char.IsWhiteSpace(text[i]) && !quoted))
            {
                if (i > start)
                {
                    yield return text[start..i].Trim('"');
                }

                start = i + 1;
            }
        }
    }
}
