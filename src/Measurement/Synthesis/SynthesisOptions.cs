namespace Latlab.Measurement.Synthesis;

/// <summary>What frames of synthetic traffic hold.</summary>
public enum SyntheticKind
{
    /// <summary>latlab's generator header in UDP.</summary>
    Generator,

    /// <summary>UDP with a random payload.</summary>
    Udp,

    /// <summary>UDP whose frames differ in four bytes in the middle and are constant after them.</summary>
    UdpConstantPadding,

    /// <summary>UDP whose frames differ in the IPv4 identification alone, which wraps after 65,536 packets.</summary>
    IpIdOnly,

    /// <summary>UDP over IPv6 with a random payload.</summary>
    Ipv6,
}

/// <summary>What the synthetic device rewrites.</summary>
public enum SyntheticRewrite
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>MAC addresses.</summary>
    Mac,

    /// <summary>MAC addresses, TTL and checksum, as a router.</summary>
    Ttl,

    /// <summary>Addresses, ports and checksums, too.</summary>
    Nat,

    /// <summary>It pushes a VLAN tag.</summary>
    Vlan,
}

/// <summary>How latency is distributed.</summary>
public enum SyntheticLatency
{
    /// <summary>Always the floor.</summary>
    Constant,

    /// <summary>Evenly from the floor to the floor and the spread.</summary>
    Uniform,

    /// <summary>The floor and an exponential with the spread as its mean: a long tail.</summary>
    Exponential,

    /// <summary>The floor and the size of a normal with the spread as its standard deviation.</summary>
    Normal,
}

/// <summary>What to make. Times in nanoseconds, shares from 0 to 1.</summary>
public sealed record SynthesisOptions
{
    /// <summary>Packets that depart, copies not counted.</summary>
    public long Packets { get; init; } = 1_000_000;

    /// <summary>Packets/s.</summary>
    public double Rate { get; init; } = 1_000_000;

    /// <summary>Whether gaps are exponential instead of constant.</summary>
    public bool Poisson { get; init; }

    /// <summary>Frame length in bytes with its FCS, 64 to 9000; with IPv6 90 at least, so that payloads differ.</summary>
    public int Size { get; init; } = 64;

    /// <summary>Flows, used in turn.</summary>
    public int Flows { get; init; } = 1;

    /// <summary>What frames hold.</summary>
    public SyntheticKind Kind { get; init; }

    /// <summary>What the device rewrites.</summary>
    public SyntheticRewrite Rewrite { get; init; }

    /// <summary>How latency is distributed.</summary>
    public SyntheticLatency Latency { get; init; } = SyntheticLatency.Uniform;

    /// <summary>Lowest latency.</summary>
    public long FloorNs { get; init; } = 5_000;

    /// <summary>Spread of latency.</summary>
    public long SpreadNs { get; init; } = 500;

    /// <summary>Period of stalls in which nothing is forwarded; 0 for none.</summary>
    public long StallPeriodNs { get; init; }

    /// <summary>Length of a stall.</summary>
    public long StallNs { get; init; }

    /// <summary>Time that a frame occupies the line after the device: what its queue drains with.</summary>
    public long DrainNs { get; init; } = 67;

    /// <summary>Share of packets with which a burst of loss begins.</summary>
    public double Loss { get; init; }

    /// <summary>Packets lost one after the other.</summary>
    public int LossBurst { get; init; } = 1;

    /// <summary>Share of packets that leave the queue's order and are late by up to <see cref="ReorderNs"/>.</summary>
    public double Reorder { get; init; }

    /// <summary>How late reordered packets are at most.</summary>
    public long ReorderNs { get; init; } = 2_000;

    /// <summary>Share of packets that the capture before sees twice, and the one after it once.</summary>
    public double DuplicatesBefore { get; init; }

    /// <summary>Share of packets that the device sends twice.</summary>
    public double DuplicatesAfter { get; init; }

    /// <summary>Share of packets beside which an unrelated one is captured after the device.</summary>
    public double Unrelated { get; init; }

    /// <summary>Arrivals of packets that departed before the capture began.</summary>
    public int DepartedBeforeStart { get; init; }

    /// <summary>What the clock after the device is ahead.</summary>
    public long ClockOffsetNs { get; init; }

    /// <summary>What the clock after the device gains each second.</summary>
    public double ClockDriftNsPerSecond { get; init; }

    /// <summary>First departure, in nanoseconds since 1970.</summary>
    public long StartNs { get; init; } = 1_699_999_999_900_000_000;

    /// <summary>Whether captures keep microseconds only.</summary>
    public bool Microseconds { get; init; }

    /// <summary>Most bytes of a frame that the captures keep.</summary>
    public int SnapLength { get; init; } = 9216;

    /// <summary>Whether the capture after the device keeps the FCS.</summary>
    public bool FcsAfter { get; init; }

    /// <summary>Longest latency that counts as arrival: for the truth.</summary>
    public long WindowNs { get; init; } = 100_000_000;

    /// <summary>Where randomness starts.</summary>
    public ulong Seed { get; init; } = 1;
}
