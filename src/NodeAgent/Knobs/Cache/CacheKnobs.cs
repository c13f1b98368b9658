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

    public static readonly KnobKind L3Ways = new(Prefix, Wishes, FileKinds.Only(new WaysKnob(null)), new(
        "No program on another CPU drives the workload's data out of the L3 cache.",
        $"{ResctrlTree.Group}/{{{ResctrlTree.CpusList},{ResctrlTree.Schemata}}} and {ResctrlTree.Root}/{ResctrlTree.Schemata}", "arch/x86/resctrl.rst",
        "Intel RDT or AMD QoS, with /sys/fs/resctrl mounted. Everybody else has fewer ways. A group of somebody else's that gets some of them is "
            + "named; where the kernel grants mode exclusive, it gets none. In a virtual machine: on its host"));

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
        var state = refusal is null && ResctrlTree.Obstacle(host.Files) is null ? Wished(host.Files, cpus!, ways, out refusal) : null;
        return [refusal is null ? Wish.For(new WaysKnob(state), state?.ToString() ?? text) : Wish.Refused(Prefix, text, refusal)];
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
                : null;
        return refusal is not null ? null : new(
            CpuList.Format(cpus),
            Each(CacheState.Hex(own)),
            Each(CacheState.Hex(all & ~own)));

        SortedDictionary<int, string> Each(string mask) => new(caches.OfType<int>().Distinct().ToDictionary(cache => cache, _ => mask));
    }

    /// <summary>
    /// The first group of somebody else's that has CPUs or ways of the wish, and what to do. No refusal of the wish: that would have ours
    /// taken down.
    /// </summary>
    private static (string? Group, string? Reason) Rival(IHost host, CacheState wished)
    {
        foreach (var group in ResctrlTree.Foreign(host))
        {
            if (ResctrlTree.CpusOf(host, group).Intersect(CpuList.Parse(wished.Cpus!)).ToList() is { Count: > 0 } taken)
            {
                return (group, $"{ResctrlTree.Root}/{group}, which latlab did not make, has CPUs {CpuList.Format(taken)}; take them out of it, or remove it");
            }

            var masks = CacheState.Schemata(host.Read($"{ResctrlTree.Root}/{group}/{ResctrlTree.Schemata}").Text ?? "");
            if (masks.FirstOrDefault(entry => (CacheState.Bits(entry.Value) & CacheState.Bits(wished.Own.GetValueOrDefault(entry.Key)) ?? 0) != 0)
                is { Value: { } mask } rival)
            {
                return (group, $"{ResctrlTree.Root}/{group}, which latlab did not make, has ways {mask} of cache {rival.Key}, and they would not be the workload's alone; leave {wished.Own[rival.Key]} out of it, or remove it");
            }
        }

        return (null, null);
    }

    /// <param name="wished">What the spec asks for; null when it is put back, or not known.</param>
    private sealed class WaysKnob(CacheState? wished) : Knob(Prefix)
    {
        public override string Evidence => $"{ResctrlTree.Group}/{ResctrlTree.Schemata}";

        public override KnobReading Read(HostView host)
        {
            if (ResctrlTree.Obstacle(host.Files) is { } obstacle)
            {
                return obstacle;
            }

            var state = Found(host.Files);
            var (rival, reason) = wished is null ? default : Rival(host.Files, wished);
            return KnobReading.Of($"{state with { Rival = rival }}") with { Remark = Remark(host.Files, state), Veto = reason };
        }

        /// <summary>Who has our ways keeps us from setting ours, and not from giving them back.</summary>
        public override string? Veto(KnobReading found, string target, JournalEntry? entry) =>
            CacheState.Parse(target).Cpus is null ? null : found.Veto;

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
            return (a.Cpus, a.Rival) == (b.Cpus, b.Rival) && Agree(a.Own, b.Own) && Agree(a.Others, b.Others);
        }

        public override string? Write(HostView host, string value)
        {
            var state = CacheState.Parse(value);
            if (state.Cpus is null)
            {
                // The kernel gives the group's CPUs back to the default group.
                return Said(host.Files, ResctrlTree.Group, host.Files.RemoveGroup(ResctrlTree.Group)) ?? Divide(host.Files, ResctrlTree.Root, state.Others);
            }

            if (Said(host.Files, ResctrlTree.Group, host.Files.MakeGroup(ResctrlTree.Group)) is { } problem)
            {
                return problem;
            }

            // Of an exclusive group the kernel lets nobody set ways that it shares for a moment.
            _ = host.Files.WriteAttribute(ResctrlTree.Mode, ResctrlTree.Shareable);
            problem = Divide(host.Files, ResctrlTree.Group, state.Own)
                ?? Attribute(host.Files, $"{ResctrlTree.Group}/{ResctrlTree.CpusList}", state.Cpus)
                ?? Divide(host.Files, ResctrlTree.Root, state.Others);
            // It is granted where no other group has a way of ours in any cache, and no device (rdtgroup_mode_test_exclusive of the kernel's
            // resctrl). Without it others are looked for at each pass.
            _ = host.Files.WriteAttribute(ResctrlTree.Mode, ResctrlTree.Exclusive);
            return problem;
        }

        private static string? Remark(IHost host, CacheState state)
        {
            var shared = ResctrlTree.SharedWithDevices(host);
            List<string> remarks =
            [
                .. state.Own.Values.Any(mask => (CacheState.Bits(mask) & shared) != 0)
                    ? [$"devices write to ways {CacheState.Hex(shared)} as well ({ResctrlTree.Root}/info/L3/shareable_bits)"]
                    : Array.Empty<string>(),
                .. host.Read(ResctrlTree.Mode).Text is { } mode && mode.Trim() != ResctrlTree.Exclusive
                    ? [$"the kernel does not keep others from these ways ({ResctrlTree.Mode} is {mode.Trim()}): latlab looks for such groups at each pass"]
                    : Array.Empty<string>(),
            ];
            return remarks.Count == 0 ? null : string.Join("; ", remarks);
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
