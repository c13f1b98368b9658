using Latlab.Crds;

namespace Latlab.NodeAgent.Kubelet;

/// <summary>
/// Holds kubelet's settings against the isolated CPUs and the hugepages, pure. Kubelet knows nothing of isolation (kubernetes/community#2435
/// was closed unmerged): only where the CPUs that it reserves are exactly those that are not isolated, a pod with CPUs of its own runs on
/// isolated ones, and no other CPU is kept from pods.
/// </summary>
internal static class KubeletCheck
{
    /// <summary>What to do instead of pages that the agent makes.</summary>
    public const string AtBoot = "reserve the pages at boot, by kernel.arguments (hugepagesz=1G hugepages=8) instead of memory.hugePages";

    /// <summary>What to do instead of threads that the agent switches off.</summary>
    private const string NoThreads = "boot with nosmt (kernel.arguments) instead of cpu.smt";

    private const string StaticCpus = "static";

    /// <summary>The static policy gives whole cores, and no two pods one (<c>cpumanager/policy_options.go</c>).</summary>
    private const string WholeCores = "full-pcpus-only";

    /// <summary>Pods without CPUs of their own are kept off the reserved ones, too (same file).</summary>
    private const string StrictReservation = "strict-cpu-reservation";

    /// <summary>What does not fit and the exact remedy, in words; null when all fits.</summary>
    public static string? Mismatch(KubeletReading kubelet, NodeLayout node)
    {
        var settings = kubelet.Settings!;
        var wished = (node.Isolated.Count == 0 ? [] : Cpus(settings, node)).Concat(Threads(settings, node)).Concat(Memory(settings, node)).ToList();
        return wished.Count > 0
            ? $"{string.Join("; ", wished.Select(wish => wish.Problem))}. {Remedy(kubelet, wished)}"
            : KubeletHazards.OfPolicies(kubelet);
    }

    /// <summary>Whether kubelet will not start at the node's next boot, as the pages that it counted are not made yet then.</summary>
    public static bool LosesItsPools(KubeletSettings? settings, NodeLayout node) =>
        settings?.MemoryManagerPolicy == KubeletHazards.StaticMemory && node.HasLatePools;

    /// <summary>The same, as there are more CPUs than it counted until the agent switches threads off.</summary>
    public static bool LosesItsThreads(KubeletSettings? settings, NodeLayout node) => settings?.CpuManagerPolicy == StaticCpus && node.HasThreadsOffLate;

    private static IEnumerable<Correction> Cpus(KubeletSettings settings, NodeLayout node)
    {
        var isolated = CpuList.Format(node.Isolated);
        var housekeeping = CpuList.Format(node.Online.Except(node.Isolated));
        if (settings.CpuManagerPolicy != StaticCpus)
        {
            yield return new($"the CPU manager policy is {settings.CpuManagerPolicy}: no pod gets CPUs of its own")
            {
                Field = KubeletSettings.CpuManagerField,
                Value = StaticCpus,
                ChangesState = true,
            };
        }

        var reserved = settings.ReservedSystemCpus;
        if (!CpuList.TryParse(reserved, out var cpus) || !cpus.Intersect(node.Online).SequenceEqual(node.Online.Except(node.Isolated)))
        {
            var problem = reserved is null
                ? $"kubelet chooses itself which CPUs it reserves, and knows nothing of the isolated {isolated}"
                : $"the reserved CPUs are {reserved}, and not the {housekeeping} that are left beside the isolated {isolated}"
                    + (CpuList.Common(reserved, isolated) is { Length: > 0 } both ? $": no pod can have {both} for its own" : ": a pod's own CPU may be one that is not isolated");
            yield return new(problem) { Field = KubeletSettings.ReservedField, Value = housekeeping, ChangesState = true };
        }

        foreach (var correction in Options(settings, node))
        {
            yield return correction;
        }

        if (node.NumaNodes > 1 && settings.TopologyManagerPolicy is not ("single-numa-node" or "restricted"))
        {
            yield return new($"the topology manager policy is {settings.TopologyManagerPolicy}, and the node has {node.NumaNodes} NUMA nodes: a pod's CPUs and port may be of different ones")
            {
                Field = KubeletSettings.TopologyManagerField,
                Value = "single-numa-node",
            };
        }
    }

    /// <summary>Of the static policy: what its options make of threads of one core, and of the CPUs that are not isolated.</summary>
    private static IEnumerable<Correction> Options(KubeletSettings settings, NodeLayout node)
    {
        List<string> problems = [];
        Dictionary<string, string> changed = [];
        var isStrict = settings.Has(StrictReservation);
        if (isStrict)
        {
            problems.Add($"{StrictReservation} keeps pods without CPUs of their own to the isolated ones, and the kernel does not spread them there");
            changed[StrictReservation] = "false";
        }

        if (!settings.Has(WholeCores) && node.Cores.FirstOrDefault(core => core.All(node.Isolated.Contains)) is { } shared)
        {
            problems.Add($"two pods may get threads of one core for their own, e.g. of {CpuList.Format(shared)}, and slow each other");
            changed[WholeCores] = "true";
        }

        if (changed.Count > 0)
        {
            yield return new(string.Join("; ", problems))
            {
                Field = KubeletSettings.CpuManagerOptionsField,
                Value = KubeletOptions.Format(KubeletOptions.With(settings.CpuManagerOptions, changed)),
                // Under it the reserved CPUs are not in the state's default set, else they must be (cpumanager/policy_static.go, validateState).
                ChangesState = isStrict,
            };
        }

        if (settings.Has(WholeCores) && node.Cores.FirstOrDefault(core => !core.All(node.Isolated.Contains)) is { } split)
        {
            var left = CpuList.Format(split.Except(node.Isolated));
            yield return new($"{WholeCores} gives whole cores, and of {CpuList.Format(split)} {left} is not isolated: no pod gets the rest")
            {
                First = $"add {left} to cpu.isolated, or boot with nosmt (kernel.arguments)",
            };
        }
    }

    /// <summary>
    /// A static CPU manager holds the CPUs that are online against its state when it starts (<c>cpumanager/policy_static.go</c>): where the
    /// agent switches threads off, all CPUs are online again at that moment of each boot. So also for one that <see cref="Cpus"/> wants.
    /// </summary>
    private static IEnumerable<Correction> Threads(KubeletSettings settings, NodeLayout node)
    {
        if (LosesItsThreads(settings, node) || (node is { HasThreadsOffLate: true, Isolated.Count: > 0 }))
        {
            yield return new(
                "threads are switched off by cpu.smt, after kubelet's start: at the next boot a static CPU manager finds more CPUs than its state has, and does not start, "
                + "so neither does the agent that switches them off (kubernetes/kubernetes#84333)")
            {
                First = NoThreads,
                ChangesState = true,
            };
        }
    }

    /// <summary>
    /// With several NUMA nodes a pod's hugepages are of that of its CPUs only by the memory manager. It is for pages that are there when
    /// kubelet starts: those that the agent, itself a pod, makes after each boot are not, and kubelet does not start.
    /// </summary>
    private static IEnumerable<Correction> Memory(KubeletSettings settings, NodeLayout node)
    {
        if (LosesItsPools(settings, node))
        {
            yield return new(
                "the memory manager policy is Static, and hugepages are made after kubelet's start: at the next boot it finds none, its state has them, and it does not "
                + "start, so neither does the agent that makes them (kubernetes/kubernetes#109996)")
            {
                First = AtBoot,
                ChangesState = true,
            };
        }
        else if (node is { Isolated.Count: > 0, NumaNodes: > 1 } and ({ HasBootPools: true } or { HasLatePools: true })
            && settings.MemoryManagerPolicy != KubeletHazards.StaticMemory)
        {
            yield return new($"the memory manager policy is {settings.MemoryManagerPolicy}, and the node has {node.NumaNodes} NUMA nodes: a pod's hugepages may be of another one than its CPUs")
            {
                First = node.HasLatePools ? $"{AtBoot} (with those, a Static one would keep kubelet from starting at the next boot)" : null,
                Field = KubeletSettings.MemoryManagerField,
                Value = KubeletHazards.StaticMemory,
                ChangesState = true,
            };
        }
    }

    private static string Remedy(KubeletReading kubelet, IReadOnlyList<Correction> wished)
    {
        var byFlag = kubelet.Settings!.ByFlag;
        var flags = wished.Where(wish => wish.Field is { } field && byFlag.Contains(field)).Select(wish => $"--{KubeletSettings.Flags[wish.Field!]}={wish.Value}").ToList();
        var fields = wished.Where(wish => wish.Field is { } field && !byFlag.Contains(field)).Select(Line).ToList();
        var file = kubelet.Files.Count > 1 ? kubelet.Files[^1] : "kubelet's configuration";
        List<string> steps =
        [
            .. wished.Select(wish => wish.First).OfType<string>(),
            .. fields.Count > 0 ? [$"set in {file} {string.Join(", ", fields)}"] : Array.Empty<string>(),
            .. flags.Count > 0 ? [$"start kubelet with {string.Join(" ", flags)}"] : Array.Empty<string>(),
        ];
        if (wished.Any(wish => wish.Field == KubeletSettings.MemoryManagerField))
        {
            steps.Add("give reservedMemory as much as kubeReserved, systemReserved and evictionHard take together");
            // The memory of a NUMA node is never quite the same after a reboot (kubernetes/kubernetes#131253).
            steps.Add($"{KubeletHazards.RemovedAtBoot(kubelet.MemoryManagerState)}, without which it may not start after a reboot");
        }

        var last = wished.Any(wish => wish.ChangesState)
            ? KubeletHazards.Remedy(kubelet, steps.Any(step => step.StartsWith(AtBoot, StringComparison.Ordinal) || step == NoThreads) ? "reboot it" : "start it")
            : flags.Count + fields.Count > 0 ? "restart kubelet" : null;
        return $"Remedy: {string.Join(", ", steps)}{(last is null ? "" : $"; then {last}")}";
    }

    private static string Line(Correction wish) => wish.Field == KubeletSettings.CpuManagerOptionsField
        ? $"{wish.Field}: {{{string.Join(", ", KubeletOptions.Parse(wish.Value).Select(option => $"{option.Key}: \"{option.Value}\""))}}}"
        : $"{wish.Field}: \"{wish.Value}\"";

    /// <summary>Something that should be otherwise.</summary>
    /// <param name="Problem">What is wrong.</param>
    private sealed record Correction(string Problem)
    {
        /// <summary>What to do before anything is done to kubelet.</summary>
        public string? First { get; init; }

        /// <summary>The setting of kubelet that should have another value; null when none should.</summary>
        public string? Field { get; init; }

        public string? Value { get; init; }

        /// <summary>Whether kubelet refuses to start with the state that it kept until then.</summary>
        public bool ChangesState { get; init; }
    }
}
