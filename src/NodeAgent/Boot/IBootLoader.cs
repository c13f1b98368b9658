using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Boot;

/// <summary>
/// A boot loader's configuration of the kernel's command line, as far as latlab has a part in it: a block of arguments of its own. What others wrote is never touched.
/// </summary>
internal interface IBootLoader
{
    /// <summary>One lower-case word, for the ledger and the journal.</summary>
    public string Name { get; }

    /// <summary>Where the block is kept: the ledger's evidence.</summary>
    public string File { get; }

    /// <summary>What the next boot will have.</summary>
    /// <param name="host">The host.</param>
    /// <param name="record">What was written last; null when nothing was.</param>
    public BootConfiguration Read(IHost host, BootRecord? record);

    /// <summary>
    /// Puts a block in the place of ours, empty for none; after a crash at any moment the node boots with the one or the other. Returns why it could not be; then the
    /// former one is still there.
    /// </summary>
    public string? Write(IHost host, string block, BootRecord record);
}

/// <summary>What the next boot will have.</summary>
/// <param name="Ours">Our block; empty when there is none. When something else broke it: what is wrong, which is no block.</param>
/// <param name="Foreign">The words of others.</param>
/// <param name="Problem">Why nothing is known; null when all is.</param>
internal sealed record BootConfiguration(string Ours, IReadOnlyList<string> Foreign, string? Problem = null)
{
    public static BootConfiguration Unknown(string problem) => new("", [], problem);
}
