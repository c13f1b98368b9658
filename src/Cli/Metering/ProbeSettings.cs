namespace Latlab.Cli.Metering;

/// <summary>How to learn whether the path forwards.</summary>
/// <param name="Device">Device that the generator will send on.</param>
/// <param name="Egress">Device at which the probe is to be seen.</param>
/// <param name="RunId">Whose probes they are.</param>
/// <param name="FrameSize">Ethernet frame in bytes with its FCS, as long as the traffic's: a shorter one may fit where those do
/// not.</param>
internal sealed record ProbeSettings(string Device, string Egress, uint RunId, int FrameSize);
