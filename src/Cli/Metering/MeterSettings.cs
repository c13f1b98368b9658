namespace Latlab.Cli.Metering;

/// <summary>What to meter.</summary>
/// <param name="Ingress">Device before the forwarder.</param>
/// <param name="Egress">Device after it.</param>
/// <param name="RunId">Whose packets count.</param>
/// <param name="Window">Longest latency that counts as arrival.</param>
/// <param name="PcapDirectory">Where to keep both captures; null for nowhere.</param>
internal sealed record MeterSettings(string Ingress, string Egress, uint RunId, TimeSpan Window, string? PcapDirectory)
{
    public long WindowNs => Window.Ticks * 100;
}
