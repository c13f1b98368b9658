using System.Text.Json;
using System.Text.Json.Nodes;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Boot;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Kubelet;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>
/// What kubelet kept of the node under its static policies, and holds against it when it starts: where that differs it ends at once, and
/// after a reboot the node is lost. Of CPUs all that are online (<c>cm/cpumanager/policy_static.go</c>, <c>validateState</c>;
/// kubernetes/kubernetes#84333, #110478), of memory each NUMA node's total and pools (<c>cm/memorymanager/policy_static.go</c>,
/// <c>areMachineStatesEqual</c>; #109996, #131253). A state that is removed at each boot does no harm: no container runs then.
/// </summary>
internal sealed class KubeletState(IHost host)
{
    private const string Threads = "/sys/devices/system/cpu/smt/control";

    /// <summary>Directories of <c>tmpfiles.d(5)</c>: a file of the same name in an earlier one goes over it.</summary>
    private static readonly string[] RemovedAtBoot = ["/etc/tmpfiles.d", "/run/tmpfiles.d", "/usr/local/lib/tmpfiles.d", "/usr/lib/tmpfiles.d"];

    private readonly Lazy<KubeletReading> _kubelet = new(() => new KubeletReader(host).Read());

    private string CpuFile => _kubelet.Value.CpuManagerState;

    private string MemoryFile => $"{_kubelet.Value.StateDirectory}/memory_manager_state";

    public static KubeletState Of(HostView host) => host.Once(typeof(KubeletState), () => new KubeletState(host.Files));

    /// <summary>Why an argument must not come with the next boot; null when it may, or is there already.</summary>
    /// <param name="argument">The argument.</param>
    /// <param name="mustBeKnown">Whether a kubelet whose policy cannot be seen must be taken for a static one.</param>
    public (string Problem, string Remedy)? WhyNot(KernelArgument argument, bool mustBeKnown)
    {
        if (CpuObstacles.SwitchesThreadsOff(argument) && host.Read(Threads).Text?.Trim() == "on" && IsCpuStatic(mustBeKnown))
        {
            return ($"switches CPUs off, and kubelet's CPU manager is static, or may be: after the reboot it would not start, as {CpuFile} has them", Remedy(CpuFile));
        }

        return argument.PoolSize is { } size && !new CommandLine(host.Read(CommandLine.Path).Text ?? "").PagesOf(size).Contains(argument.Value)
            && Machine() is { } machine && argument.Pages.Any(pages => Total(machine, size, pages.Node) != pages.Count * BootEvidence.KibiBytes(size) * 1024)
            ? ($"changes the huge pages, and kubelet's memory manager is Static: after the reboot it would not start, as {MemoryFile} has others", Remedy(MemoryFile))
            : null;
    }

    /// <summary>
    /// Arguments of ours that the running kernel has and that must not leave it, and why: what they switched off, or took, would come back,
    /// and kubelet would not start.
    /// </summary>
    public IReadOnlyDictionary<string, string> Needed(BootView view)
    {
        var needed = new Dictionary<string, string>();
        foreach (var argument in BootWords.Arguments(view.Booted))
        {
            if (CpuObstacles.SwitchesThreadsOff(argument) && host.Read(Threads).Text?.Trim() is "off" or "forceoff"
                && !view.Configuration.Foreign.Any(line => BootWords.Arguments(line).Any(CpuObstacles.SwitchesThreadsOff)) && IsCpuStatic(mustBeKnown: true))
            {
                needed[$"{argument}"] = $"without {argument} more CPUs are there after a reboot, and kubelet, whose CPU manager is static, or may be, would not start, "
                    + $"as {CpuFile} lacks them; {Remedy(CpuFile)}";
            }
            else if (argument.PoolSize is { } size && Machine() is { } machine && Total(machine, size, node: null) > 0)
            {
                needed[$"{argument}"] = $"without {argument} fewer huge pages are there after a reboot, and kubelet, whose memory manager is Static, would not start, "
                    + $"as {MemoryFile} has them; {Remedy(MemoryFile)}";
            }
        }

        return needed;
    }

    /// <summary>
    /// What a person should know before any reboot: the kernel's own place in memory changes from boot to boot, and with it what kubelet
    /// compares (kubernetes/kubernetes#131253). Null when kubelet compares no memory.
    /// </summary>
    public string? Caution => Machine() is null ? null
        : $"kubelet's memory manager is Static, and may not start after any reboot, as the memory of a NUMA node is never quite the same (kubernetes#131253); {Remedy(MemoryFile)}";

    private static string Remedy(string file) =>
        $"have it removed at each boot, before kubelet starts: write the line \"r! {file}\" to /etc/tmpfiles.d/kubelet-state.conf (tmpfiles.d(5)); "
        + "or drain the node, stop kubelet, remove it, wait for this to go on, and reboot by hand";

    private bool IsCpuStatic(bool mustBeKnown) => (_kubelet.Value.RunningCpuManagerPolicy ?? _kubelet.Value.Settings?.CpuManagerPolicy) switch
    {
        "static" => !IsRemovedAtBoot(CpuFile),
        null => mustBeKnown && Processes.Named(host, Processes.Kubelet).Any() && !IsRemovedAtBoot(CpuFile),
        _ => false,
    };

    /// <summary>What the memory manager kept of the machine; null when it keeps nothing that counts.</summary>
    private JsonObject? Machine()
    {
        try
        {
            return JsonNode.Parse(host.Read(MemoryFile).Text ?? "{}") is JsonObject state && (string?)state["policyName"] == "Static"
                && state["machineState"] is JsonObject { Count: > 0 } machine && !IsRemovedAtBoot(MemoryFile)
                ? machine
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Kubelet does not understand it either, whatever boots.
            return null;
        }
    }

    /// <summary>Bytes of huge pages of a size, on one NUMA node or on all.</summary>
    private static long Total(JsonObject machine, string size, int? node)
    {
        try
        {
            return machine.Where(cell => node is null || cell.Key == $"{node}")
                .Select(cell => cell.Value?["memoryMap"]?[$"hugepages-{Quantity(BootEvidence.KibiBytes(size))}"]?["total"])
                .Sum(total => (long?)total ?? 0);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            return 0;
        }
    }

    /// <summary>A size as Kubernetes writes it.</summary>
    private static string Quantity(long kibiBytes) => kibiBytes switch
    {
        _ when kibiBytes % (1024 * 1024) == 0 => $"{kibiBytes / 1024 / 1024}Gi",
        _ when kibiBytes % 1024 == 0 => $"{kibiBytes / 1024}Mi",
        _ => $"{kibiBytes}Ki",
    };

    private bool IsRemovedAtBoot(string file)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return RemovedAtBoot
            .SelectMany(folder => host.List(folder).Where(name => name.EndsWith(".conf", StringComparison.Ordinal) && seen.Add(name)).Select(name => $"{folder}/{name}"))
            .SelectMany(path => (host.Read(path).Text ?? "").Split('\n'))
            .Any(line => BootWords.Of(line) is [['r' or 'R', ..], var path, ..] && path == file);
    }
}
