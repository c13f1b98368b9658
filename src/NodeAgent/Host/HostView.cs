using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Boot;

namespace Latlab.NodeAgent.Host;

/// <summary>What a knob may touch. Made anew for each look at the host, as the table of links is kept in it.</summary>
internal sealed class HostView(IHost host)
{
    private BootView? _boot;

    public IHost Files { get; } = host;

    public Links Links { get; } = new(host);

    /// <summary>How the host boots, looked at once.</summary>
    public BootView Boot(Bootloader choice) => _boot ??= BootView.Read(Files, choice);

    /// <summary>Numbers of a <see cref="Knobs.Files.NumberedKnob"/> that the kernel would not set in this look's writes, and never will.</summary>
    public ISet<int> Immovable { get; } = new SortedSet<int>();
}
