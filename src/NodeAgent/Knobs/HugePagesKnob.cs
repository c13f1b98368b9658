using System.Globalization;
using System.Text.RegularExpressions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs;

/// <summary>Number of persistent hugepages of one size on one NUMA node.</summary>
internal sealed partial class HugePagesKnob(string size, int node) : Knob($"{Prefix}[{size},node{node}]")
{
    public static readonly KnobKind Kind = new(
        Prefix, "Persistent hugepages per size and NUMA node, at run time", "admin-guide/mm/hugetlbpage.rst", Wishes, FromKey);

    private const string Prefix = "memory.hugePages";
    private const string Nodes = "/sys/devices/system/node";
    private const string WithoutNuma = "/sys/kernel/mm/hugepages";
    private const string Compact = "/proc/sys/vm/compact_memory";
    private const int Attempts = 5;

    private readonly string _file = $"hugepages-{KibiBytes(size)}kB/nr_hugepages";

    public override string Evidence => $"{Nodes}/node{node}/hugepages/{_file}";

    public override KnobReading Read(HostView host)
    {
        var nodes = NumaNodes(host);
        if (nodes.Count == 0 ? node != 0 : !nodes.Contains($"node{node}"))
        {
            return KnobReading.Unsupported($"no NUMA node {node} here; there is {(nodes.Count == 0 ? "node0" : string.Join(", ", nodes))}");
        }

        var file = $"{Pools(host)}/{_file}";
        return host.Files.Read(file) switch
        {
            { Text: { } text } => KnobReading.Of(text.Trim()) with { Source = file },
            { Problem: { } problem } => KnobReading.Failed($"{file}: {problem}"),
            _ => KnobReading.Unsupported($"no hugepages of {size} on NUMA node {node}; there are {Sizes(host)}"),
        };
    }

    public override string? Write(HostView host, string value)
    {
        var file = $"{Pools(host)}/{_file}";
        for (var attempt = 1; ; attempt++)
        {
            if (host.Files.WriteAttribute(file, value) is { } problem)
            {
                return $"{file}: {problem}";
            }

            var got = host.Files.Read(file).Text;
            if (attempt == Attempts || !Number(got, out var have) || !Number(value, out var want) || have >= want)
            {
                return null;
            }

            // Fewer than asked: free memory is in pieces. Compaction joins them; it runs to its end within this write.
            _ = host.Files.WriteAttribute(Compact, "1");
        }
    }

    public override bool Same(string left, string right) => Number(left, out var a) && Number(right, out var b) && a == b;

    public override string Shortfall(string wished, string found) =>
        Number(wished, out var want) && Number(found, out var have) && have < want
            ? $"asked for {want} pages of {size} on NUMA node {node}, the kernel gave {have}; free memory there, or reserve them at boot "
                + $"(hugepagesz={BootSize()} hugepages={want})"
            : $"asked for {wished} pages of {size} on NUMA node {node}, {found} are there; programs still use them: end those";

    private static IEnumerable<Wish> Wishes(NodeTuningSpec spec) =>
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

    /// <summary>The node's pools; a kernel without NUMA has them for the whole machine alone.</summary>
    private string Pools(HostView host) => NumaNodes(host).Count == 0 ? WithoutNuma : $"{Nodes}/node{node}/hugepages";

    private string BootSize() => size[..^1];

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
