using System.Globalization;
using Latlab.Crds;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Knobs.Files;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs.Cache;

/// <summary>Ways of the L3 caches for the isolated CPUs alone, by a group of resctrl.</summary>
internal static class CacheKnobs
{
    private const string Prefix = "cache.l3Ways";
    private static readonly WaysKnob Ways = new();

    public static readonly KnobKind L3Ways = new(Prefix, Wishes, FileKinds.Only(Ways), new(
        "No program on another CPU drives the workload's data out of the L3 cache.",
        $"{ResctrlTree.Group}/{{{ResctrlTree.CpusList},{ResctrlTree.Schemata}}} and {ResctrlTree.Root}/{ResctrlTree.Schemata}", "arch/x86/resctrl.rst",
        "Intel RDT or AMD QoS, with /sys/fs/resctrl mounted. Everybody else has fewer ways. In a virtual machine: on its host"));

    private static IEnumerable<Wish> Wishes(NodeTuningSpec spec, HostView host)
    {
        if (spec.Cache?.L3Ways is not { } ways)
        {
            return [];
        }

        var text = ways.ToString(CultureInfo.InvariantCulture);
        if (spec.Cpu?.Isolated is not { } list)
        {
            return [Wish.Refused(Prefix, text, "cpu.isolated is missing: name the CPUs that get them there")];
        }

        var cpus = NodeCpus.Isolated(host, list, out var refusal);
        if (refusal is null && ResctrlTree.Obstacle(host.Files) is null)
        {
            var state = Wished(host.Files, cpus!, ways, out refusal);
            text = state?.ToString() ?? text;
        }

        return [refusal is null ? Wish.For(Ways, text) : Wish.Refused(Prefix, text, refusal)];
    }

    /// <summary>
    /// The lowest ways for the isolated CPUs, in each cache that serves one, and the rest for everybody else; null and the reason when that
    /// cannot be.
    /// </summary>
    private static CacheState? Wished(IHost host, IReadOnlyList<int> cpus, int ways, out string? refusal)
    {
        var all = ResctrlTree.AllWays(host);
        var least = ResctrlTree.LeastWays(host);
        var own = ways is > 0 and < 64 ? (1UL << ways) - 1 : 0;
        var caches = cpus.Select(cpu => ResctrlTree.CacheOf(host, cpu)).ToList();
        refusal = ways < least || CacheState.Ways(all) - ways < least
            ? $"the cache has {CacheState.Ways(all)} ways, and a group needs at least {least}; write {least} to {CacheState.Ways(all) - least}"
            : caches.Contains(null)
                ? $"/sys/devices/system/cpu/cpu{cpus[caches.IndexOf(null)]}/cache does not say which L3 cache serves that CPU; run a kernel that does"
                : Rival(host, cpus, caches, own);
        return refusal is not null ? null : new(
            CpuList.Format(cpus),
            Each(CacheState.Hex(own)),
            Each(CacheState.Hex(all & ~own)));

        SortedDictionary<int, string> Each(string mask) => new(caches.OfType<int>().Distinct().ToDictionary(cache => cache, _ => mask));
    }

    private static string? Rival(IHost host, IReadOnlyList<int> cpus, List<int?> caches, ulong own)
    {
        foreach (var group in ResctrlTree.Foreign(host))
        {
            if (ResctrlTree.CpusOf(host, group).Intersect(cpus).ToList() is { Count: > 0 } taken)
            {
                return $"{ResctrlTree.Root}/{group}, which latlab did not make, has CPUs {CpuList.Format(taken)}; take them out of it, or remove it";
            }

            var masks = CacheState.Schemata(host.Read($"{ResctrlTree.Root}/{group}/{ResctrlTree.Schemata}").Text ?? "");
            if (masks.FirstOrDefault(entry => caches.Contains(entry.Key) && (CacheState.Bits(entry.Value) & own) != 0) is { Value: { } mask } rival)
            {
                return $"{ResctrlTree.Root}/{group}, which latlab did not make, has ways {mask} of cache {rival.Key}, and they would not be the workload's alone; leave {CacheState.Hex(own)} out of it, or remove it";
            }
        }

        return null;
    }

    private sealed class WaysKnob() : Knob(Prefix)
    {
        public override string Evidence => $"{ResctrlTree.Group}/{ResctrlTree.Schemata}";

        public override KnobReading Read(HostView host)
        {
            if (ResctrlTree.Obstacle(host.Files) is { } obstacle)
            {
                return obstacle;
            }

            var state = Found(host.Files);
            var shared = ResctrlTree.SharedWithDevices(host.Files);
            return KnobReading.Of($"{state}") with
            {
                Remark = state.Own.Values.Any(mask => (CacheState.Bits(mask) & shared) != 0)
                    ? $"devices write to ways {CacheState.Hex(shared)} as well ({ResctrlTree.Root}/info/L3/shareable_bits)"
                    : null,
            };
        }

        /// <summary>
        /// A group of ours was not there before us, even when the journal that said so is lost: the others then had its ways, too.
        /// </summary>
        public override string Journal(KnobReading before)
        {
            var found = CacheState.Parse(before.Value!);
            return found.Cpus is null ? before.Value! : $"{new CacheState(null, [], new(found.Others.ToDictionary(
                entry => entry.Key,
                entry => CacheState.Hex((CacheState.Bits(entry.Value) ?? 0) | (CacheState.Bits(found.Own.GetValueOrDefault(entry.Key)) ?? 0)))))}";
        }

        /// <summary>Caches that the wish is not about keep, or get back, what they had.</summary>
        public override string Target(string wish, JournalEntry? entry, KnobReading found)
        {
            var wished = CacheState.Parse(wish);
            var prior = CacheState.Parse(entry?.Prior ?? found.Value ?? "");
            var others = new SortedDictionary<int, string>(prior.Others);
            foreach (var (cache, mask) in wished.Others)
            {
                others[cache] = mask;
            }

            return wished.Cpus is null || wished.Own.Count == 0 ? wish : $"{wished with { Others = others }}";
        }

        public override bool Same(string left, string right)
        {
            var (a, b) = (CacheState.Parse(left), CacheState.Parse(right));
            return a.Cpus == b.Cpus && Agree(a.Own, b.Own) && Agree(a.Others, b.Others);
        }

        public override string? Write(HostView host, string value)
        {
            var state = CacheState.Parse(value);
            if (state.Cpus is null)
            {
                // The kernel gives the group's CPUs back to the default group.
                return Said(host.Files, ResctrlTree.Group, host.Files.RemoveGroup(ResctrlTree.Group)) ?? Divide(host.Files, ResctrlTree.Root, state.Others);
            }

            return Said(host.Files, ResctrlTree.Group, host.Files.MakeGroup(ResctrlTree.Group))
                ?? Divide(host.Files, ResctrlTree.Group, state.Own)
                ?? Attribute(host.Files, $"{ResctrlTree.Group}/{ResctrlTree.CpusList}", state.Cpus)
                ?? Divide(host.Files, ResctrlTree.Root, state.Others);
        }

        private static CacheState Found(IHost host)
        {
            var others = CacheState.Schemata(host.Read($"{ResctrlTree.Root}/{ResctrlTree.Schemata}").Text ?? "");
            return host.Read($"{ResctrlTree.Group}/{ResctrlTree.Schemata}").Text is not { } own
                ? new(null, [], others)
                : new(host.Read($"{ResctrlTree.Group}/{ResctrlTree.CpusList}").Text?.Trim() ?? "", CacheState.Schemata(own), others);
        }

        private static bool Agree(SortedDictionary<int, string> left, SortedDictionary<int, string> right) =>
            left.All(entry => !right.TryGetValue(entry.Key, out var mask) || mask == entry.Value);

        private static string? Divide(IHost host, string group, SortedDictionary<int, string> masks) =>
            masks.Count == 0 ? null : Attribute(host, $"{group}/{ResctrlTree.Schemata}", CacheState.Line(masks));

        private static string? Attribute(IHost host, string file, string value) =>
            Said(host, file, host.WriteAttribute(file, value) is { } problem ? $"the kernel refused \"{value}\": {problem}" : null);

        /// <summary>resctrl keeps the reason of its last refusal in a file.</summary>
        private static string? Said(IHost host, string what, string? problem) => problem is null ? null
            : host.Read(ResctrlTree.LastStatus).Text?.Trim() is { Length: > 0 } status and not "ok" ? $"{what}: {problem} ({status})" : $"{what}: {problem}";
    }
}
