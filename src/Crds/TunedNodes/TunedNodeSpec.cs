using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Latlab.Crds.Schema;
using Latlab.Crds.Validation;

namespace Latlab.Crds.TunedNodes;

/// <summary>How a node, or each node of a set, shall be tuned. Exactly one of <c>nodeName</c> and <c>nodeSelector</c> is set.</summary>
public sealed record TunedNodeSpec
{
    /// <summary>The one node to tune.</summary>
    [RegularExpression(Names.Subdomain)]
    public string? NodeName { get; init; }

    /// <summary>Labels that a node must carry to be tuned.</summary>
    [Size(1, 64)]
    [Entry(MaxLength = 63)]
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }

    /// <summary>A published command line for the nodes; <c>kernel.arguments</c> of the same names go over it.</summary>
    public BootProfile? Profile { get; init; }

    /// <summary>CPU knobs.</summary>
    public CpuTuning? Cpu { get; init; }

    /// <summary>The division of caches.</summary>
    public CacheTuning? Cache { get; init; }

    /// <summary>Memory knobs.</summary>
    public MemoryTuning? Memory { get; init; }

    /// <summary>Kernel knobs.</summary>
    public KernelTuning? Kernel { get; init; }

    /// <summary>Boot configuration.</summary>
    public BootTuning? Boot { get; init; }

    /// <summary>Reboots, and what goes before them.</summary>
    public DisruptionPolicy? Disruption { get; init; }

    /// <summary>Kubelet.</summary>
    public KubeletTuning? Kubelet { get; init; }

    /// <summary>A look how quiet the isolated CPUs are, before tuning and after; its numbers are in the NodeTuning's status.</summary>
    public NoiseCheckTuning? NoiseCheck { get; init; }

    /// <summary>Queues and receive steering of network devices.</summary>
    [ListMapKeys("device")]
    [Size(0, 64)]
    public IReadOnlyList<NetworkDeviceTuning> NetworkDevices { get; set; } = [];

    /// <summary>
    /// Services and timers of the node's systemd that are stopped, e.g. <c>irqbalance.service</c>, <c>fwupd-refresh.timer</c>; none that
    /// the node, or the way to it, may depend on. They are not disabled.
    /// </summary>
    [Size(0, 64)]
    [Entry(Pattern = StoppableUnits.Pattern, Unique = true)]
    public IReadOnlyList<string> StoppedServices { get; set; } = [];

    /// <summary>Network ports: drivers for programs that do without the kernel, and virtual functions.</summary>
    [ListMapKeys("name")]
    [Size(0, 64)]
    public IReadOnlyList<DeviceTuning> Devices { get; set; } = [];

    /// <summary>Veth pairs made on the node: a testbed without hardware. Each has the ends <c>NAME-a</c> and <c>NAME-b</c>.</summary>
    [ListMapKeys("name")]
    [Size(0, 64)]
    public IReadOnlyList<VirtualWire> VirtualWires { get; set; } = [];

    /// <summary>
    /// What experiments may use on this node, by logical name. A device that is not listed here is out of every experiment's reach.
    /// </summary>
    [ListMapKeys("name")]
    [Size(0, 128)]
    public IReadOnlyList<OfferedInterface> Interfaces { get; set; } = [];

    /// <summary>
    /// What the agent does when a value that it set was changed by something else. Either way the change is counted in the ledger.
    /// </summary>
    [DefaultValue(DriftPolicy.Repair)]
    public DriftPolicy Drift { get; set; } = DriftPolicy.Repair;
}

/// <summary>What to do about a value that drifted.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DriftPolicy>))]
public enum DriftPolicy
{
    /// <summary>Set the value again.</summary>
    Repair,

    /// <summary>Leave the value, report <c>Drifted</c>.</summary>
    Report,
}

/// <summary>Memory knobs.</summary>
public sealed record MemoryTuning
{
    /// <summary>
    /// Hugepage pools to set at run time. A pool that the NUMA node's free memory and page cache cannot give, less a reserve, is not begun.
    /// </summary>
    [ListMapKeys("size", "numaNode")]
    [Size(0, 64)]
    public IReadOnlyList<HugePagePool> HugePages { get; set; } = [];

    /// <summary>
    /// Which memory the kernel makes huge pages of by itself (<c>admin-guide/mm/transhuge.rst</c>); making them may stall a program.
    /// </summary>
    public TransparentHugePages? TransparentHugePages { get; init; }

    /// <summary>How hard the kernel tries for that when a program touches memory.</summary>
    public HugePageDefragmentation? TransparentHugePageDefrag { get; init; }

    /// <summary>Merging of equal pages (<c>admin-guide/mm/ksm.rst</c>): a scanning thread, and a copy at the next write.</summary>
    public SamePageMerging? SamePageMerging { get; init; }
}

/// <summary>Which memory may be of transparent huge pages.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TransparentHugePages>))]
public enum TransparentHugePages
{
    /// <summary>All.</summary>
    Always,

    /// <summary>What programs ask for by <c>madvise</c>.</summary>
    Madvise,

    /// <summary>None.</summary>
    Never,
}

/// <summary>When a program waits for memory to be compacted.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HugePageDefragmentation>))]
public enum HugePageDefragmentation
{
    /// <summary>Always.</summary>
    Always,

    /// <summary>Never; a thread of the kernel compacts later.</summary>
    Defer,

    /// <summary>In memory marked by <c>madvise</c>; for other memory a thread of the kernel compacts later.</summary>
    DeferMadvise,

    /// <summary>In memory marked by <c>madvise</c>.</summary>
    Madvise,

    /// <summary>Never.</summary>
    Never,
}

/// <summary>Kernel same-page merging.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SamePageMerging>))]
public enum SamePageMerging
{
    /// <summary>It runs.</summary>
    Run,

    /// <summary>It is stopped; what is merged stays so.</summary>
    Stop,

    /// <summary>It is stopped, and all is taken apart.</summary>
    Unmerge,
}

/// <summary>
/// Number of persistent hugepages of one size on one NUMA node (Linux <c>admin-guide/mm/hugetlbpage.rst</c>, <c>nr_hugepages</c>).
/// A running kubelet counts new pages only after its restart.
/// </summary>
public sealed record HugePagePool
{
    /// <summary>
    /// Page size in Kubernetes' notation, e.g. <c>2Mi</c>. 1Gi pages can rarely be had at run time: memory is fragmented.
    /// </summary>
    [Required]
    [RegularExpression(Names.HugePageSize)]
    public string Size { get; set; } = "";

    /// <summary>NUMA node.</summary>
    [Range(0, 1023)]
    [DefaultValue(0)]
    public int NumaNode { get; init; }

    /// <summary>Number of pages.</summary>
    [Required]
    [Range(0, 16_777_216)]
    public int Count { get; init; }
}

/// <summary>Kernel knobs.</summary>
public sealed record KernelTuning
{
    /// <summary>Most arguments, those of a profile included.</summary>
    public const int MostArguments = 64;

    /// <summary>
    /// Sysctls by dotted name, e.g. <c>vm.stat_interval: "10"</c>. Only those that shape latency, can be set back, and cannot take the node
    /// away: the message of a refusal lists them.
    /// </summary>
    [Size(0, 256)]
    [Entry(MaxLength = 256)]
    public IReadOnlyDictionary<string, string> Sysctls { get; set; } = new Dictionary<string, string>();

    /// <summary>
    /// Modules of the kernel that are loaded, e.g. <c>vfio-pci</c>. One that was not there before is taken out again once nobody uses it.
    /// </summary>
    [Size(0, 64)]
    [Entry(Pattern = Names.KernelModule, Unique = true)]
    public IReadOnlyList<string> Modules { get; set; } = [];

    /// <summary>
    /// Arguments that the kernel must have been booted with, e.g. <c>nohz_full=2-5</c>, <c>nosmt</c> or <c>hugepagesz=1G hugepages=8</c>,
    /// over those of <c>profile</c>. Each is verified on the command line and by what the kernel made of it. Who writes them, says
    /// <c>boot</c>.
    /// </summary>
    [Size(0, MostArguments)]
    [Entry(Pattern = KernelArgument.Pattern, Unique = true)]
    public IReadOnlyList<string> Arguments { get; set; } = [];
}

/// <summary>A veth pair on the node with the ends <c>NAME-a</c> and <c>NAME-b</c>, both up, without addresses.</summary>
public sealed record VirtualWire
{
    /// <summary>Name of the wire.</summary>
    [Required]
    [RegularExpression(Names.Wire)]
    public string Name { get; set; } = "";

    /// <summary>MTU of both ends in bytes. 1500 carries Ethernet frames of up to 1518 bytes with their FCS.</summary>
    [Range(68, 65_535)]
    [DefaultValue(1500)]
    public int Mtu { get; set; } = 1500;

    /// <summary>Device name of the first end.</summary>
    [JsonIgnore]
    public string EndA => Name + "-a";

    /// <summary>Device name of the second end.</summary>
    [JsonIgnore]
    public string EndB => Name + "-b";
}

/// <summary>A network device that experiments of some namespaces may use.</summary>
public sealed record OfferedInterface
{
    /// <summary>Logical name, by which experiments call it.</summary>
    [Required]
    [RegularExpression(Names.Label)]
    public string Name { get; set; } = "";

    /// <summary>Network device on the node, e.g. <c>ens1f0</c>, or an end of a virtual wire, e.g. <c>left-a</c>.</summary>
    [Required]
    [RegularExpression(Names.Device)]
    public string Device { get; set; } = "";

    /// <summary>Namespaces whose experiments may use it; <c>"*"</c> stands for all.</summary>
    [Required]
    [Size(1, 256)]
    [Entry(Pattern = Names.NamespaceOrAll, Unique = true)]
    public IReadOnlyList<string> Namespaces { get; set; } = [];

    /// <summary>Whether experiments of that namespace may use it.</summary>
    public bool IsOfferedTo(string @namespace) => Namespaces.Contains("*") || Namespaces.Contains(@namespace);
}
