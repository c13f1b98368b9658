namespace Latlab.Cli.Metering;

/// <summary>What to meter.</summary>
/// <param name="Ingress">Device before the forwarder.</param>
/// <param name="Egress">Device after it.</param>
/// <param name="RunId">Whose packets count.</param>
/// <param name="Window">Longest latency that counts as arrival.</param>
/// <param name="PcapDirectory">Where to keep both captures; null for nowhere.</param>
/// <param name="MostPcapBytes">How large the file of a capture may become.</param>
internal sealed record MeterSettings(
    string Ingress, string Egress, uint RunId, TimeSpan Window, string? PcapDirectory = null, long MostPcapBytes = MeterSettings.UsualMostPcapBytes)
{
    public const long UsualMostPcapBytes = 16L << 30;

    public long WindowNs => Window.Ticks * 100;
}
