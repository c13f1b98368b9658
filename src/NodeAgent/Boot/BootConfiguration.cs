namespace Latlab.NodeAgent.Boot;

/// <summary>What the next boot will have.</summary>
/// <param name="Ours">Our block; empty when there is none.</param>
/// <param name="Foreign">The words of others, for each kernel's command line.</param>
internal sealed record BootConfiguration(string Ours, IReadOnlyList<IReadOnlyList<string>> Foreign)
{
    /// <summary>Why nothing is known; null when all is.</summary>
    public string? Problem { get; init; }

    /// <summary>
    /// What is wrong with our block, by another hand or a change that was not finished; null when it is whole. Words for people, never for
    /// a command line.
    /// </summary>
    public string? Broken { get; init; }

    /// <summary>Whether something in the boot menu has no argument of ours, should the node not boot with them.</summary>
    public bool HasWayBack { get; init; } = true;

    /// <summary>Our block for the ledger and the journal: one that is broken is like no block.</summary>
    public string Text => Broken is null ? Ours : $"({Broken})";

    public static BootConfiguration Unknown(string problem) => new("", []) { Problem = problem };
}
