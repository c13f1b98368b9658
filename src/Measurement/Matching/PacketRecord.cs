namespace Latlab.Measurement.Matching;

/// <summary>A packet as one tap saw it.</summary>
/// <param name="TimeNs">When, in nanoseconds of the capture's clock.</param>
/// <param name="Sequence">Its number within the flow.</param>
/// <param name="Flow">Its flow.</param>
public readonly record struct PacketRecord(long TimeNs, ulong Sequence, ushort Flow)
{
    /// <summary>What it is known by at both taps.</summary>
    public PacketIdentity Identity => new(Sequence, Flow);
}

/// <summary>What a packet is known by at both taps.</summary>
/// <param name="Sequence">Its number within the flow.</param>
/// <param name="Flow">Its flow.</param>
public readonly record struct PacketIdentity(ulong Sequence, ushort Flow);

/// <summary>A capture point.</summary>
public enum Tap
{
    /// <summary>Before the device under test.</summary>
    Ingress,

    /// <summary>After it.</summary>
    Egress,
}
