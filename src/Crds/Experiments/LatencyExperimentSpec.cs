using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Latlab.Crds.Schema;
using Latlab.Crds.Validation;

namespace Latlab.Crds.Experiments;

/// <summary>
/// What to measure, where, and how often. Once there is a run, only <c>repetitions</c> may be changed, and that until the experiment is
/// complete: for anything else make another experiment.
/// </summary>
public sealed record LatencyExperimentSpec
{
    /// <summary>The TunedNode on one of whose nodes to measure.</summary>
    [Required]
    [RegularExpression(Names.Subdomain)]
    public string TunedNode { get; set; } = "";

    /// <summary>The node, when the TunedNode has several. Default: the first one by name.</summary>
    [RegularExpression(Names.Subdomain)]
    public string? NodeName { get; init; }

    /// <summary>The device under test. Absent: nothing forwards, and the taps measure what lies between them, e.g. a bare wire.</summary>
    public ForwarderSpec? Forwarder { get; init; }

    /// <summary>The packets.</summary>
    [Required]
    public TrafficSpec Traffic { get; set; } = new();

    /// <summary>Where and how to measure.</summary>
    [Required]
    public MeasurementSpec Measurement { get; set; } = new();

    /// <summary>
    /// Number of runs, one after the other. May be changed until the experiment is complete. Runs that were made count, even when the
    /// number is lowered afterwards.
    /// </summary>
    [Range(1, 1000)]
    [DefaultValue(1)]
    public int Repetitions { get; set; } = 1;

    /// <summary>Files to keep.</summary>
    public ArtifactsSpec? Artifacts { get; init; }
}

/// <summary>DPDK's testpmd as a pinned pod.</summary>
public sealed record ForwarderSpec
{
    /// <summary>testpmd's forwarding mode.</summary>
    [DefaultValue(ForwardingMode.Io)]
    public ForwardingMode Mode { get; set; } = ForwardingMode.Io;

    /// <summary>
    /// Whole CPUs, exclusive to the forwarder where kubelet's CPU manager policy is <c>static</c>. With one, main and forwarding lcore
    /// share it.
    /// </summary>
    [Range(1, 64)]
    [DefaultValue(1)]
    public int Cpus { get; set; } = 1;

    /// <summary>Memory of the forwarder's pod in MiB, of which half is DPDK's when it has no hugepages.</summary>
    [Range(256, 65_536)]
    [DefaultValue(512)]
    public int MemoryMiB { get; set; } = 512;

    /// <summary>Hugepages for DPDK's memory. Absent: ordinary pages (<c>--no-huge</c>).</summary>
    public ForwarderHugePages? HugePages { get; init; }

    /// <summary>Container image, one that the operator allows. Default: the operator's.</summary>
    [RegularExpression("^[a-z0-9][a-zA-Z0-9._/:@-]{0,254}$")]
    public string? Image { get; init; }

    /// <summary>The two ports, by the logical names of the TunedNode's interfaces: frames that arrive at one leave at the other.</summary>
    [Required]
    [Size(2, 2)]
    public IReadOnlyList<ForwarderPort> Ports { get; set; } = [];
}

/// <summary>A forwarder's hugepages.</summary>
public sealed record ForwarderHugePages
{
    /// <summary>Page size.</summary>
    [Required]
    [RegularExpression(Names.HugePageSize)]
    public string Size { get; set; } = "";

    /// <summary>Number of pages.</summary>
    [Required]
    [Range(1, 1_048_576)]
    public int Count { get; init; }
}

/// <summary>A port of the forwarder.</summary>
public sealed record ForwarderPort
{
    /// <summary>Logical name of an interface that the TunedNode offers.</summary>
    [Required]
    [RegularExpression(Names.Label)]
    public string Interface { get; set; } = "";
}

/// <summary>UDP over IPv4 in Ethernet frames at a constant rate.</summary>
public sealed record TrafficSpec
{
    /// <summary>Logical name of the interface to send on.</summary>
    [Required]
    [RegularExpression(Names.Label)]
    public string Interface { get; set; } = "";

    /// <summary>Packets/s over all flows.</summary>
    [Required]
    [Range(1, 100_000_000)]
    public int Rate { get; init; }

    /// <summary>Ethernet frame in bytes with its 4 bytes of FCS, as RFC 2544 counts. A virtual wire carries its MTU and 18 bytes.</summary>
    [Range(64, 1518)]
    [DefaultValue(64)]
    public int FrameSize { get; set; } = 64;

    /// <summary>Number of UDP flows, told apart by their source ports; packets take turns.</summary>
    [Range(1, 4096)]
    [DefaultValue(1)]
    public int Flows { get; set; } = 1;

    /// <summary>Length of the traffic before the window, not measured, e.g. <c>500ms</c> or <c>1m30s</c>.</summary>
    [RegularExpression(Names.Duration)]
    [Size(1, 64)]
    [DefaultValue("1s")]
    public string WarmUp { get; set; } = "1s";

    /// <summary>Length of the measured window.</summary>
    [RegularExpression(Names.PositiveDuration)]
    [Size(1, 64)]
    [DefaultValue("10s")]
    public string Duration { get; set; } = "10s";
}

/// <summary>Where and how to measure.</summary>
public sealed record MeasurementSpec
{
    /// <summary>The two capture points.</summary>
    [Required]
    public TapsSpec Taps { get; set; } = new();

    /// <summary>
    /// Longest latency that counts as arrival (Tmax of RFC 7680): a packet not seen at the egress tap for that long is lost, one sent less
    /// than that before the end of the capture is undecided. From 1ms to 10s, and not longer than the time in which 1,000,000 packets are
    /// sent.
    /// </summary>
    [RegularExpression(Names.PositiveDuration)]
    [Size(1, 64)]
    [DefaultValue("100ms")]
    public string Window { get; set; } = "100ms";

    /// <summary>What the results must keep to; each is reported as met or not.</summary>
    [ListMapKeys("metric")]
    [Size(0, 16)]
    public IReadOnlyList<Objective> Objectives { get; set; } = [];
}

/// <summary>The two capture points, by the logical names of the TunedNode's interfaces.</summary>
public sealed record TapsSpec
{
    /// <summary>Before the forwarder.</summary>
    [Required]
    [RegularExpression(Names.Label)]
    public string Ingress { get; set; } = "";

    /// <summary>After the forwarder.</summary>
    [Required]
    [RegularExpression(Names.Label)]
    public string Egress { get; set; } = "";
}

/// <summary>Files to keep on the node, in the directory that the operator's administrator set.</summary>
public sealed record ArtifactsSpec
{
    /// <summary>
    /// Keep both captures as pcap files with nanosecond timestamps. All runs' files together are bounded by the operator's administrator.
    /// </summary>
    [DefaultValue(false)]
    public bool Pcap { get; init; }
}
