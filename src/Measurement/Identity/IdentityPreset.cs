namespace Latlab.Measurement.Identity;

/// <summary>
/// Which bytes of a packet are the same at both taps, and so tell which packet it is. From strict to lax after the generator's.
/// </summary>
public enum IdentityPreset
{
    /// <summary>The generator's header: run, flow and sequence number.</summary>
    Generator,

    /// <summary>The whole frame, MAC addresses and VLAN tags included.</summary>
    Exact,

    /// <summary>Everything from the IP header on.</summary>
    L2,

    /// <summary>As <see cref="L2"/> without what a router changes: TTL or hop limit, DSCP and ECN, checksums.</summary>
    L3,

    /// <summary>The payload and its length: what an address translator leaves as it is.</summary>
    Nat,

    /// <summary>Byte ranges that the user gave.</summary>
    Mask,
}
