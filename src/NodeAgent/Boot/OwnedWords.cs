namespace Latlab.NodeAgent.Boot;

/// <summary>Tells our words from others' on command lines that everybody writes to. Pure.</summary>
internal static class OwnedWords
{
    /// <param name="lines">A command line for each kernel, the default one first.</param>
    /// <param name="record">What was written last; null when nothing was.</param>
    public static BootConfiguration Split(IReadOnlyList<IReadOnlyList<string>> lines, BootRecord? record)
    {
        var block = BootWords.Of(record?.Block ?? "");
        var leaving = BootWords.Of(record?.Leaving ?? "");
        var foreign = lines[0].Except(block).Except(leaving).ToList();
        var missing = block.Where(word => lines.Any(line => !line.Contains(word))).ToList();
        var stays = leaving.Where(word => lines.Any(line => line.Contains(word))).ToList();
        return (missing.Count, stays.Count) switch
        {
            (0, 0) => new(string.Join(' ', block), foreign),
            (0, _) => new($"({string.Join(' ', stays)} is still there)", foreign),
            _ when missing.Count == block.Count && lines.All(line => !line.Intersect(block).Any()) => new("", foreign),
            _ => new($"({string.Join(' ', missing)} is not there for every kernel)", foreign),
        };
    }
}
