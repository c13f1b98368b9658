using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Boot;

/// <summary>
/// A boot loader's configuration of the kernel's command line, as far as latlab has a part in it: a block of arguments of its own. What
/// others wrote is never touched.
/// </summary>
internal interface IBootLoader
{
    /// <summary>What the API calls it.</summary>
    public Bootloader Kind { get; }

    /// <summary>Where the block is kept: the ledger's evidence.</summary>
    public string File { get; }

    /// <summary>What the next boot will have.</summary>
    /// <param name="host">The host.</param>
    /// <param name="record">What was written last; null when nothing was.</param>
    public BootConfiguration Read(IHost host, BootRecord? record);

    /// <summary>
    /// Puts a block in the place of ours, empty for none; after a crash at any moment every kernel boots with the one or the other. Returns
    /// why it could not be, otherwise null; a change that failed may be done in part, and is done again.
    /// </summary>
    /// <exception cref="IOException">A file could not be written.</exception>
    public string? Write(IHost host, string block, BootRecord record);
}
