namespace Latlab.NodeAgent.Host;

/// <summary>What a knob may touch. Made anew for each look at the host, as the table of links is kept in it.</summary>
internal sealed class HostView(IHost host)
{
    public IHost Files { get; } = host;

    public Links Links { get; } = new(host);
}
