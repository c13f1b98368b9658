namespace Latlab.NodeAgent.Kubelet;

/// <summary>
/// Why kubelet would not start again, pure. Each manager compares what it kept with what it finds, and kubelet ends at once when that
/// differs: the CPU and the memory manager their policy (<c>pkg/kubelet/cm/{cpumanager,memorymanager}/state/state_checkpoint.go</c>), and
/// the memory manager all memory and hugepages of each NUMA node, too (<c>memorymanager/policy_static.go</c>, <c>validateState</c>;
/// kubernetes/kubernetes#109996, #131253).
/// </summary>
internal static class KubeletHazards
{
    /// <summary>The memory manager's policy that compares hugepages.</summary>
    public const string StaticMemory = "Static";

    /// <summary>Why it would not, or might not, start again were it restarted now for its hugepages, and the remedy; null when it would.</summary>
    public static string? OfRestart(KubeletReading kubelet) => kubelet switch
    {
        { Settings: not { } } => $"nobody could see whether it would start again: {kubelet.Problem}",
        { Settings.MemoryManagerPolicy: StaticMemory } or { RunningMemoryManagerPolicy: StaticMemory } =>
            $"its memory manager is {StaticMemory}, and with other hugepages than {kubelet.MemoryManagerState} has it would end at once: {Remedy(kubelet)}",
        _ => OfPolicies(kubelet),
    };

    /// <summary>That it runs with another policy than it is configured with, and the remedy; null when it does not.</summary>
    public static string? OfPolicies(KubeletReading kubelet) =>
        (Differ("CPU manager", kubelet.RunningCpuManagerPolicy, kubelet.Settings!.CpuManagerPolicy, kubelet.CpuManagerState)
            ?? Differ("memory manager", kubelet.RunningMemoryManagerPolicy, kubelet.Settings.MemoryManagerPolicy, kubelet.MemoryManagerState))
            is { } differ ? $"{differ}, and ends at once when it finds what another policy left: {Remedy(kubelet)}" : null;

    /// <summary>How kubelet starts without what it kept.</summary>
    public static string Remedy(KubeletReading kubelet, string last = "start it") =>
        $"drain the node, stop kubelet, remove {kubelet.CpuManagerState} and {kubelet.MemoryManagerState}, and {last}";

    /// <summary>How a state that is not the same after a reboot does no harm: it is removed before kubelet starts (tmpfiles.d(5)).</summary>
    public static string RemovedAtBoot(string file) => $"write the line \"r! {file}\" to /etc/tmpfiles.d/kubelet-state.conf";

    private static string? Differ(string manager, string? running, string configured, string state) => running is null || running == configured
        ? null
        : $"kubelet runs with the {manager} policy {running} ({state}), is configured with {configured}";
}
