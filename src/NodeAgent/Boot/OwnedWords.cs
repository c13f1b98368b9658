namespace Latlab.NodeAgent.Boot;

/// <summary>Tells our words from others' on command lines that everybody writes to. Pure.</summary>
internal static class OwnedWords
{
    /// <param name="taking">Command lines of kernels that shall have our block.</param>
    /// <param name="others">Those of kernels that are left as they are, and may have words of ours from before.</param>
    /// <param name="record">What was written last; null when nothing was.</param>
    public static BootConfiguration Split(
        IReadOnlyList<IReadOnlyList<string>> taking, IReadOnlyList<IReadOnlyList<string>> others, BootRecord? record)
    {
        var block = BootWords.Of(record?.Block ?? "");
        var leaving = BootWords.Of(record?.Leaving ?? "").Except(block).ToList();
        List<IReadOnlyList<string>> lines = [.. taking, .. others];
        var missing = block.Distinct().Where(word => taking.Any(line => BootWords.Count(line, word) < BootWords.Count(block, word))).ToList();
        var stays = leaving.Where(word => lines.Exists(line => line.Contains(word))).ToList();
        var isThere = taking.Any(line => line.Intersect(block).Any());
        return new(missing.Count == 0 ? string.Join(' ', block) : "", [.. lines.Select(line => line.Except(block).Except(leaving).ToList())])
        {
            Broken = stays.Count > 0 ? $"{string.Join(' ', stays)} is still there"
                : missing.Count > 0 && isThere ? $"{string.Join(' ', missing)} is not there for every kernel"
                : null,
        };
    }

    /// <summary>A line, blanks between others' words as they are, with our block at its end and no other word of ours.</summary>
    /// <param name="line">The line.</param>
    /// <param name="ours">Words that are taken out.</param>
    /// <param name="block">What is put in; empty for nothing.</param>
    public static string Replaced(string line, IReadOnlySet<string> ours, string block)
    {
        var left = line;
        foreach (var word in ours)
        {
            for (var at = Find(left, word); at >= 0; at = Find(left, word))
            {
                // With the blank before it; at the beginning with the one after it.
                left = at > 0 ? left.Remove(at - 1, word.Length + 1) : left[word.Length..].TrimStart(' ');
            }
        }

        return (left, block) switch
        {
            (_, "") => left,
            ("", _) => block,
            _ => $"{left} {block}",
        };
    }

    /// <summary>Where a word stands between blanks; -1 when it does not.</summary>
    private static int Find(string line, string word)
    {
        for (var at = line.IndexOf(word, StringComparison.Ordinal); at >= 0; at = line.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            var end = at + word.Length;
            if ((at == 0 || char.IsWhiteSpace(line[at - 1])) && (end == line.Length || char.IsWhiteSpace(line[end])))
            {
                return at;
            }
        }

        return -1;
    }
}
