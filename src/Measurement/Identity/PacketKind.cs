namespace Latlab.Measurement.Identity;

/// <summary>What a packet of the generator is for.</summary>
public enum PacketKind : byte
{
    /// <summary>Sent before the measured window, to warm caches and queues; never counted.</summary>
    WarmUp = 0,

    /// <summary>Counts.</summary>
    Measured = 1,

    /// <summary>Says that no measured packet follows. Its sequence field holds the number of measured packets that were sent.</summary>
    End = 2,

    /// <summary>Sent before the traffic to learn whether the path forwards; never counted.</summary>
    Probe = 3,
}
