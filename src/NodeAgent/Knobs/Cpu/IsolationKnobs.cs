using Latlab.Crds;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Knobs.Boot;
using Latlab.NodeAgent.Knobs.Named;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs.Cpu;

/// <summary>
/// Isolation without a reboot: each container that kubelet gave isolated CPUs of its own becomes a remote partition of the kind
/// <c>isolated</c>. A partition beside kubepods would take these CPUs away from all pods, and they are the workload; so there is none.
/// </summary>
internal static class IsolationKnobs
{
    private const string Prefix = "cpu.isolation";
    private const string Isolated = "isolated";
    private static readonly PodsKnob Pods = new();
    private static readonly ContainersKnob Containers = new();

    public static readonly KnobKind Isolation = new(
        Prefix,
        Wishes,
        key => key switch
        {
            "pods" => Pods,
            "containers" => Containers,
            _ => null,
        },
        new(
            "Without a reboot: the scheduler moves nothing to or from a container's CPUs, and unbound kernel work stays off them.",
            $"{PodGroups.Root}/kubepods*/**/{PodGroups.Partition}, and {PodGroups.Exclusive} above it",
            "admin-guide/cgroup-v2.rst (cpuset), admin-guide/cpu-isolation.rst",
            "Needs kubelet's static CPU manager, Linux 6.7 (6.11 for the best), and SYS_ADMIN for the agent. Programs must pin their "
                + "own threads: nothing spreads them. With CRI-O use its annotation cpu-load-balancing.crio.io instead"));

    private static IEnumerable<Wish> Wishes(NodeTuningSpec spec, HostView host)
    {
        if (spec.Cpu is not { Isolation: CpuIsolation.CgroupPartition } cpu)
        {
            return [];
        }

        if (cpu.Isolated is not { } list)
        {
            return [Wish.Refused(Prefix, $"{cpu.Isolation}", "cpu.isolated is missing: name the CPUs there")];
        }

        var isolated = NodeCpus.Isolated(host, list, out var refusal);
        if (refusal is null && CpuList.TryParse(host.Files.Read(NodeCpus.Online).Text, out var online)
            && CpuObstacles.NodeWithout(host.Files, isolated!, online) is { } node)
        {
            refusal = $"leaves no CPU of NUMA node {node} to the kernel and everybody else; leave at least one CPU of each NUMA node out";
        }

        return refusal is not null
            ? [Wish.Refused(Prefix, list, refusal)]
            : [Wish.For(Pods, list), Wish.For(Containers, list)];
    }

    /// <summary>
    /// The CPUs that pods may have for themselves: the kernel wants them at each group from the top down. By itself it changes nothing.
    /// </summary>
    private sealed class PodsKnob() : Knob($"{Prefix}[pods]")
    {
        private const string None = NamedValues.None;

        public override string Evidence => $"{PodGroups.Root}/kubepods.slice/{PodGroups.Exclusive}";

        public override KnobReading Read(HostView host)
        {
            if (PodGroups.Obstacle(host.Files) is { } obstacle)
            {
                return obstacle;
            }

            var file = File(host);
            return host.Files.Read(file) is { Text: { } text }
                ? KnobReading.Of(text.Trim() is { Length: > 0 } list ? list : None) with { Source = file }
                : KnobReading.Failed($"{file}: {host.Files.Read(file).Problem}");
        }

        public override string? Write(HostView host, string value)
        {
            var file = File(host);
            return host.Files.WriteAttribute(file, value == None ? "" : value) is { } problem
                ? $"{file}: the kernel refused \"{value}\": {problem}"
                    + (PodGroups.Rival(host.Files, file[..file.LastIndexOf('/')], Cpus(value)) is { } rival ? $": {rival}" : "")
                : null;
        }

        /// <summary>What somebody else reserved for pods stays.</summary>
        public override string Target(string wish, JournalEntry? entry, KnobReading found) =>
            CpuList.Format(Cpus(wish).Union(Cpus(entry?.Prior ?? found.Value ?? None)).Order());

        public override bool Same(string left, string right) => Cpus(left).SequenceEqual(Cpus(right));

        private static IReadOnlyList<int> Cpus(string text) => CpuList.TryParse(text, out var cpus) ? cpus : [];

        private static string File(HostView host) => $"{PodGroups.OfAllPods(host.Files)}/{PodGroups.Exclusive}";
    }

    /// <summary>Each container with isolated CPUs of its own.</summary>
    private sealed class ContainersKnob() : NamedKnob($"{Prefix}[containers]")
    {
        private const string Member = "member";
        private const string NotPermitted = "not permitted";

        public override string Evidence => $"{PodGroups.Root}/kubepods*/*/*/{PodGroups.Partition}";

        public override KnobReading Read(HostView host)
        {
            var reading = base.Read(host);
            if (reading.Value is null)
            {
                return reading;
            }

            var sharing = PodGroups.Sharing(host.Files);
            var claimed = Claimed(host.Files, PodGroups.OfAllPods(host.Files)!);
            var named = sharing.Where(name => PodContainer.CpusOf(name).All(claimed.Contains)).Order(StringComparer.Ordinal).ToList();
            return reading with { Excepted = sharing, Remark = Remark(reading.Value, named) };
        }

        private static string? Remark(string value, List<string> sharing)
        {
            const string how = "that takes a Guaranteed pod with whole CPUs, and kubelet's static CPU manager";
            return value == NamedValues.None ? $"no container has CPUs of its own now: {how}"
                : sharing.Count > 0 ? $"{string.Join(", ", sharing)} share their CPUs with other containers and are not isolated: {how}"
                : null;
        }

        protected override KnobReading? Obstacle(HostView host) => PodGroups.Obstacle(host.Files);

        protected override IEnumerable<KeyValuePair<string, string>> Values(HostView host) =>
            from container in PodGroups.Containers(host.Files)
            let state = host.Files.Read($"{container.Group}/{PodGroups.Partition}").Text
            where state is not null
            select KeyValuePair.Create(container.Name, state.Trim());

        // One that also has CPUs beside the isolated ones runs on what all share.
        protected override string? Meant(string wish, string name) =>
            CpuList.Parse(wish) is var isolated && PodContainer.CpusOf(name).All(isolated.Contains) ? Isolated : null;

        protected override string? Set(HostView host, string name, string value) =>
            PodGroups.Containers(host.Files).FirstOrDefault(container => container.Name == name) switch
            {
                null => null,
                var container when value != Member => Isolate(host.Files, container, value),
                var container => Release(host.Files, container),
            };

        private static string? Isolate(IHost host, PodContainer container, string kind)
        {
            var failure = Claim(host, container.Pod, container.Cpus)
                ?? Claim(host, container.Group, container.Cpus)
                ?? Write(host, container.Group, PodGroups.Partition, kind);
            var found = host.Read($"{container.Group}/{PodGroups.Partition}").Text?.Trim();
            if (failure is null && found == kind)
            {
                return null;
            }

            // A partition that is none would become one later, at a moment of the kernel's choosing.
            _ = Release(host, container);
            return failure
                ?? $"{container.Group}/{PodGroups.Partition} was \"{found}\"{Remedy(host, container, found ?? "")}; it is back at {Member}";
        }

        private static string Remedy(IHost host, PodContainer container, string found) =>
            found.Contains(NotPermitted, StringComparison.Ordinal)
                ? "; this needs the capability SYS_ADMIN that the agent lacks: add it to agent.capabilities in the chart's values, or "
                    + "leave cpu.isolation to BootArguments"
                : PodGroups.Rival(host, container.Group, container.Cpus) is { } rival ? $": {rival}" : "";

        /// <summary>Adds CPUs to those that a group may have for itself.</summary>
        private static string? Claim(IHost host, string group, IReadOnlyList<int> cpus)
        {
            var had = Claimed(host, group);
            return cpus.All(had.Contains) ? null
                : Write(host, group, PodGroups.Exclusive, CpuList.Format(had.Union(cpus).Order())) is { } failure
                    ? failure + (PodGroups.Rival(host, group, cpus) is { } rival ? $": {rival}" : "")
                    : null;
        }

        private static string? Release(IHost host, PodContainer container)
        {
            var rest = Claimed(host, container.Pod).Except(container.Cpus).ToList();
            return Write(host, container.Group, PodGroups.Partition, Member)
                ?? Write(host, container.Group, PodGroups.Exclusive, "")
                ?? Write(host, container.Pod, PodGroups.Exclusive, CpuList.Format(rest));
        }

        private static IReadOnlyList<int> Claimed(IHost host, string group) =>
            CpuList.TryParse(host.Read($"{group}/{PodGroups.Exclusive}").Text, out var cpus) ? cpus : [];

        // A container that ended meanwhile needs nothing.
        private static string? Write(IHost host, string group, string file, string value) =>
            host.Read($"{group}/{file}") is { IsMissing: false } && host.WriteAttribute($"{group}/{file}", value) is { } problem
                ? $"{group}/{file}: the kernel refused \"{value}\": {problem}"
                : null;
    }
}
