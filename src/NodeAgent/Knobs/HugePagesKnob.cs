using System.Globalization;
using System.Text.RegularExpressions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Kubelet;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs;

/// <summary>Number of persistent hugepages of one size on one NUMA node.</summary>
internal sealed partial class HugePagesKnob(string size, int node) : Knob($"{Prefix}[{size},node{node}]")
{
    public static readonly KnobKind Kind = new(Prefix, Wishes, FromKey, new(
        "Persistent huge pages: fewer TLB misses; DPDK's memory.", "/sys/devices/system/node/nodeN/hugepages/hugepages-SIZEkB/nr_hugepages",
        "admin-guide/mm/hugetlbpage.rst", "All of a pool or nothing; kubelet counts them after its restart; 1Gi can rarely be had at "
            + "run time. Refused with kubelet's Static memory manager, also to take them away: there reserve them at boot"));

    private const string Prefix = "memory.hugePages";
    private const string Nodes = "/sys/devices/system/node";
    private const string WithoutNuma = "/sys/kernel/mm/hugepages";
    private const int Attempts = 5;

    private readonly string _pool = $"hugepages-{KibiBytes(size)}kB";

    /// <summary>Whether a line of the ledger is about such a pool.</summary>
    public static bool IsPool(string path) => path.StartsWith($"{Prefix}[", StringComparison.Ordinal);

    public override string Evidence => $"{Nodes}/node{node}/hugepages/{_pool}/nr_hugepages";

    public override KnobReading Read(HostView host)
    {
        var nodes = NumaNodes(host);
        if (nodes.Count == 0 ? node != 0 : !nodes.Contains($"node{node}"))
        {
            return KnobReading.Gone($"no NUMA node {node} here; there is {(nodes.Count == 0 ? "node0" : string.Join(", ", nodes))}");
        }

        var file = Attribute(host, "nr_hugepages");
        return host.Files.Read(file) switch
        {
            { Text: { } text } => KnobReading.Of(Persistent(host, text.Trim())) with { Source = file, Veto = Compared(KubeletReader.Of(host)) },
            { Problem: { } problem } => KnobReading.Failed($"{file}: {problem}"),
            _ => KnobReading.Unsupported($"no hugepages of {size} on NUMA node {node}; there are {Sizes(host)}"),
        };
    }

    /// <summary>Sets the whole pool or none of it: memory in half a pool would be of use to nobody.</summary>
    public override string? Write(HostView host, string value)
    {
        if (Read(host) is not { Value: { } before } || !Number(before, out var had) || !Number(value, out var want))
        {
            return $"{Attribute(host, "nr_hugepages")}: holds no number";
        }

        if (want > had && Refusal(host, had, want) is { } refusal)
        {
            return refusal;
        }

        var failure = Set(host, value, want);
        if (failure is null || Read(host).Value == before)
        {
            return failure;
        }

        return host.Files.WriteAttribute(Attribute(host, "nr_hugepages"), before) is { } stuck
            ? $"{failure}; setting it back to {had} failed: {stuck}"
            : $"{failure}; it is back at {had}";
    }

    public override bool Same(string left, string right) => Number(left, out var a) && Number(right, out var b) && a == b;

    public override string Shortfall(string wished, string found) =>
        Number(wished, out var want) && Number(found, out var have) && have < want
            ? $"asked for {want} pages of {size} on NUMA node {node}, {have} are there; {Remedy(want)}"
            : $"asked for {wished} pages of {size} on NUMA node {node}, {found} are there; programs still use them: end those";

    private static IEnumerable<Wish> Wishes(NodeTuningSpec spec, HostView host) =>
        (spec.Memory?.HugePages ?? []).Select(pool => CanBe(pool)
            ? Wish.For(new HugePagesKnob(pool.Size, pool.NumaNode), pool.Count.ToString(CultureInfo.InvariantCulture))
            : Wish.Refused(
                $"{Prefix}[{pool.Size},node{pool.NumaNode}]",
                pool.Count.ToString(CultureInfo.InvariantCulture),
                "no such pool can be; write a size of 64Ki, 2Mi, 32Mi, 512Mi, 1Gi or 16Gi, a NUMA node of 0 to 1023, a count from 0"));

    private static bool CanBe(HugePagePool pool) =>
        HugePageSize().IsMatch(pool.Size) && !pool.Size.EndsWith('\n') && pool.NumaNode is >= 0 and <= 1023 && pool.Count >= 0;

    private static HugePagesKnob? FromKey(string key) =>
        Key().Match(key) is { Success: true } match && HugePageSize().IsMatch(match.Groups[1].Value)
            ? new(match.Groups[1].Value, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture))
            : null;

    /// <summary>
    /// Why the number of pages stays as it is, be it for a wish or to put it back: a static memory manager compares it at every start
    /// (<see cref="KubeletHazards"/>), and somebody may restart kubelet at any time. Null where it does not, or nobody can see whether.
    /// </summary>
    private static string? Compared(KubeletReading kubelet) => kubelet.MemoryManagerPolicy != KubeletHazards.StaticMemory ? null
        : $"kubelet's memory manager is {KubeletHazards.StaticMemory} on this node, and with other pages than {kubelet.MemoryManagerState} has it would not start again "
            + $"(kubernetes/kubernetes#109996); {KubeletCheck.AtBoot}. What latlab made already goes with a reboot: "
            + "have that file removed at boot before (docs/how-to/tune-a-node.md)";

    private static long KibiBytes(string size) =>
        long.Parse(size.AsSpan(0, size.Length - 2), CultureInfo.InvariantCulture) * size[^2] switch
        {
            'K' => 1L,
            'M' => 1024L,
            _ => 1024L * 1024,
        };

    private static bool Number(string? text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static List<string> NumaNodes(HostView host) => [.. host.Files.List(Nodes).Where(name => NodeName().IsMatch(name))];

    private string? Set(HostView host, string value, long want)
    {
        var file = Attribute(host, "nr_hugepages");
        for (var attempt = 1; ; attempt++)
        {
            if (host.Files.WriteAttribute(file, value) is { } problem)
            {
                return $"{file}: {problem}";
            }

            if (!Number(Read(host).Value, out var have) || have >= want)
            {
                return null;
            }

            if (attempt == Attempts)
            {
                return $"asked for {want} pages of {size} on NUMA node {node}, the kernel gave {have}: memory is in pieces; {Remedy(want)}";
            }

            // Compaction joins free memory, and runs to its end within this write. Of this NUMA node alone: others may be measuring.
            _ = host.Files.WriteAttribute(HasNuma(host) ? $"{Nodes}/node{node}/compact" : "/proc/sys/vm/compact_memory", "1");
        }
    }

    private static bool HasNuma(HostView host) => NumaNodes(host).Count > 0;

    /// <summary>The node's pools; a kernel without NUMA has them for the whole machine alone.</summary>
    private string Pools(HostView host) => HasNuma(host) ? $"{Nodes}/node{node}/hugepages" : WithoutNuma;

    private string Attribute(HostView host, string name) => $"{Pools(host)}/{_pool}/{name}";

    /// <summary>
    /// The kernel shows all pages, also those that programs hold beyond the pool (surplus) and that it takes back by itself; it is told
    /// without them.
    /// </summary>
    private string Persistent(HostView host, string pages) =>
        Number(pages, out var all) && Number(host.Files.Read(Attribute(host, "surplus_hugepages")).Text?.Trim(), out var surplus)
            ? (all - surplus).ToString(CultureInfo.InvariantCulture)
            : pages;

    private string? Refusal(HostView host, long had, long want)
    {
        var meminfo = HasNuma(host) ? $"{Nodes}/node{node}/meminfo" : "/proc/meminfo";
        if (NodeMemory.TryRead(host.Files, meminfo, out var problem) is not { } memory)
        {
            return problem;
        }

        var needed = (want - had) * KibiBytes(size);
        return needed <= memory.Room ? null
            : $"{want - had} more pages of {size} on NUMA node {node} are {needed / 1024} MiB, and {memory.Room / 1024} MiB may be taken: "
                + $"of {memory.Total / 1024} MiB, {memory.Free / 1024} are free, {memory.Files / 1024} page cache, and "
                + $"{memory.Reserve / 1024} stay in reserve ({meminfo}); nothing was written. "
                + $"Ask for at most {had + (memory.Room / KibiBytes(size))} pages, or {Remedy(want)}";
    }

    private string Remedy(long want) => $"free memory there, or reserve them at boot (hugepagesz={size[..^1]} hugepages={want})";

    private string Sizes(HostView host)
    {
        var sizes = host.Files.List(Pools(host)).Select(name => name["hugepages-".Length..]).ToList();
        return sizes.Count == 0 ? "none" : string.Join(", ", sizes);
    }

    [GeneratedRegex(Names.HugePageSize)]
    private static partial Regex HugePageSize();

    [GeneratedRegex("^([0-9A-Za-z]+),node([0-9]{1,4})$")]
    private static partial Regex Key();

    [GeneratedRegex("^node[0-9]+$")]
    private static partial Regex NodeName();
}
