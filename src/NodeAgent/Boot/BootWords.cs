using Latlab.Crds.Validation;

namespace Latlab.NodeAgent.Boot;

/// <summary>
/// Words of a command line. None that latlab writes has a blank, a quote, or what a shell or a boot loader would take for more.
/// </summary>
internal static class BootWords
{
    public static IReadOnlyList<string> Of(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether a word may be one of ours.</summary>
    public static bool MayBeOurs(string word) => KernelArgument.TryParse(word) is not null;

    /// <summary>The arguments that words make, the two of a pool together; words that latlab would not write are left out.</summary>
    public static IEnumerable<KernelArgument> Arguments(IReadOnlyList<string> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            var pool = i + 1 < words.Count ? KernelArgument.TryParse($"{words[i]} {words[i + 1]}") : null;
            if ((pool ?? KernelArgument.TryParse(words[i])) is { } argument)
            {
                yield return argument;
            }

            i += pool is null ? 0 : 1;
        }
    }

    /// <summary>Whether all words of a block stand on a line.</summary>
    public static bool Present(string block, string line) => !Of(block).Except(Of(line)).Any();

    /// <summary>Whether a block stands on a line as it is: whole, in order, between blanks.</summary>
    public static bool Contains(IReadOnlyList<string> line, IReadOnlyList<string> block) => Index(line, block) >= 0;

    /// <summary>A line without a block that stands on it as it is.</summary>
    public static IReadOnlyList<string> Without(IReadOnlyList<string> line, IReadOnlyList<string> block) =>
        block.Count > 0 && Index(line, block) is >= 0 and var index ? [.. line.Take(index), .. line.Skip(index + block.Count)] : line;

    /// <summary>How often a word stands there.</summary>
    public static int Count(IReadOnlyList<string> line, string word) => line.Count(other => other == word);

    /// <summary>Words without those of another list, each of which takes one away.</summary>
    public static IReadOnlyList<string> Minus(IReadOnlyList<string> words, IReadOnlyList<string> others)
    {
        var left = words.ToList();
        foreach (var word in others)
        {
            left.Remove(word);
        }

        return left;
    }

    private static int Index(IReadOnlyList<string> line, IReadOnlyList<string> block)
    {
        for (var i = 0; i + block.Count <= line.Count; i++)
        {
            if (line.Skip(i).Take(block.Count).SequenceEqual(block))
            {
                return i;
            }
        }

        return -1;
    }
}
