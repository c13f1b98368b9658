namespace Latlab.Measurement.Matching;

/// <summary>A packet as one tap saw it: 24 bytes.</summary>
/// <param name="TimeNs">When, in nanoseconds of the capture's clock.</param>
/// <param name="Key">What it is known by at both taps: a hash of the bytes that its identity covers, or its number within its flow.</param>
/// <param name="Check">
/// A second, independent hash of the same bytes, or the flow: two packets are the same when both agree. 96 bits: with 1.5 million packets
/// in flight (100 ms at 10 GbE line rate) a wrong match has a probability of about 2·10⁻²³ a look-up.
/// </param>
/// <param name="Flow">Index of its flow.</param>
/// <param name="WireLength">Its frame's length on the wire without FCS, in bytes; 65,535 if longer, 0 if unknown.</param>
public readonly record struct PacketRecord(long TimeNs, ulong Key, uint Check, ushort Flow, ushort WireLength = 0)
{
    /// <summary>A packet that is known by its number within its flow: no two have the same key and check.</summary>
    public static PacketRecord Numbered(long timeNs, ulong sequence, ushort flow, ushort wireLength = 0) =>
        new(timeNs, sequence, flow, flow, wireLength);

    /// <summary>Whether both are of one packet.</summary>
    public bool IsSamePacket(in PacketRecord other) => Key == other.Key && Check == other.Check;
}
