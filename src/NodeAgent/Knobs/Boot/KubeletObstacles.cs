using Latlab.Crds.Validation;
using Latlab.NodeAgent.Boot;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Kubelet;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>Boot arguments that kubelet would not start with, or without: a node that boots so is lost.</summary>
internal sealed class KubeletObstacles(IHost host)
{
    /// <summary>How many NUMA nodes there are.</summary>
    private const string Numa = "numa";

    private readonly KubeletState _state = new(host);

    public static KubeletObstacles Of(HostView host) => host.Once(typeof(KubeletObstacles), () => new KubeletObstacles(host.Files));

    /// <summary>Why an argument must not come with the next boot; null when it may, or is there already.</summary>
    /// <param name="argument">The argument.</param>
    /// <param name="isWritten">Whether latlab writes it: then a kubelet whose policy cannot be seen is taken for a static one.</param>
    public (string Problem, string Remedy)? WhyNot(KernelArgument argument, bool isWritten) => argument switch
    {
        _ when CpuObstacles.SwitchesThreadsOff(argument) && Threads is "on" && _state.ComparesCpus(orUnknown: isWritten) =>
            ("switches CPUs off, and kubelet's CPU manager is static, or may be: "
                + $"after the reboot it would not start, as {_state.CpuFile} has them", Remedy(_state.CpuFile)),
        _ when ChangesMemory(argument) =>
            ("changes the memory that kubelet compares, as its memory manager is Static: "
                + $"after the reboot it would not start, as {_state.MemoryFile} has another one", Remedy(_state.MemoryFile)),
        _ => null,
    };

    /// <summary>
    /// Arguments of ours that the running kernel has and that must not leave it, and why: what they switched off, or took, would come back.
    /// </summary>
    public IReadOnlyDictionary<string, string> Needed(BootView view)
    {
        var needed = new Dictionary<string, string>();
        foreach (var argument in BootWords.Arguments(view.Booted))
        {
            if (CpuObstacles.SwitchesThreadsOff(argument) && Threads is "off" or "forceoff"
                && !view.Configuration.Foreign.Any(line => BootWords.Arguments(line).Any(CpuObstacles.SwitchesThreadsOff))
                && _state.ComparesCpus(orUnknown: true))
            {
                needed[$"{argument}"] = $"without {argument} more CPUs are there after a reboot, and kubelet, whose CPU manager is static, "
                    + $"or may be, would not start, as {_state.CpuFile} lacks them; {Remedy(_state.CpuFile)}";
            }
            else if ((argument.PoolSize is { } size && _state.HugePages(size) > 0) || (argument.Name == Numa && _state.ComparesMemory))
            {
                needed[$"{argument}"] = $"without {argument} the memory is not the same after a reboot, and kubelet, whose memory manager "
                    + $"is Static, would not start, as {_state.MemoryFile} has it; {Remedy(_state.MemoryFile)}";
            }
        }

        return needed;
    }

    /// <summary>
    /// Why the node is not to be rebooted, whatever it boots with: the kernel's own place in memory changes from boot to boot, and with it
    /// what kubelet compares (kubernetes/kubernetes#131253, kubernetes/enhancements#6233). Null when kubelet compares no memory.
    /// </summary>
    public string? AnyReboot => !_state.ComparesMemory ? null
        : "kubelet's memory manager is Static, and may not start after any reboot, as the memory of a NUMA node "
            + $"is never quite the same (kubernetes#131253): {Remedy(_state.MemoryFile)}";

    private string? Threads => host.Read("/sys/devices/system/cpu/smt/control").Text?.Trim();

    private static string Remedy(string file) =>
        $"have it removed at each boot, before kubelet starts: {KubeletHazards.RemovedAtBoot(file)} (tmpfiles.d(5)); or "
        + "drain the node, stop kubelet, remove it, wait for the ledger to go on, and reboot by hand";

    /// <summary>Whether huge pages or NUMA nodes would be others than kubelet has.</summary>
    private bool ChangesMemory(KernelArgument argument)
    {
        var running = new CommandLine(host.Read(CommandLine.Path).Text ?? "");
        return argument switch
        {
            { PoolSize: { } size } => !running.PagesOf(size).Contains(argument.Value) && _state.ComparesMemory
                && argument.Pages.Any(pages => _state.HugePages(size, pages.Node) != pages.Count * BootEvidence.KibiBytes(size) * 1024),
            { Name: Numa } => !running.Of(Numa).Contains(argument.Value) && _state.ComparesMemory,
            _ => false,
        };
    }
}
