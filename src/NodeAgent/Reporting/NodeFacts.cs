using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Reporting;

/// <summary>
/// Reads what no knob sets and every result depends on. What cannot change within a boot is read once: many kernels interrupt every CPU for
/// <c>/proc/cpuinfo</c>, those under test too.
/// </summary>
internal sealed class NodeFacts(IHost host)
{
    private (string BootId, NodeEnvironment Environment)? _constant;

    public NodeEnvironment Read(string bootId)
    {
        if (_constant?.BootId != bootId)
        {
            _constant = (bootId, new()
            {
                KernelRelease = host.Read("/proc/sys/kernel/osrelease").Text,
                KernelCommandLine = host.Read("/proc/cmdline").Text,
                KernelPreemption = Preemption(host.Read("/sys/kernel/realtime").Text, host.Read("/proc/sys/kernel/version").Text),
                CpuModel = CpuModel(host.Read("/proc/cpuinfo").Text),
            });
        }

        return _constant.Value.Environment with { OnlineCpus = host.Read("/sys/devices/system/cpu/online").Text };
    }

    // kernel/ksysfs.c has the first file on real-time kernels alone; scripts/mkcompile_h and init/Makefile put the word into the second one.
    private static string? Preemption(string? realtime, string? version) => realtime?.Trim() == "1" ? "PREEMPT_RT"
        : version?.Split(' ').FirstOrDefault(word => word.StartsWith("PREEMPT", StringComparison.Ordinal)) ?? (version is null ? null : "none");

    // x86 says "model name"; arm64 has no name there, only numbers.
    private static string? CpuModel(string? cpuinfo) => cpuinfo?.Split('\n')
        .Select(line => line.Split(':', 2))
        .FirstOrDefault(pair => pair.Length == 2 && pair[0].Trim() is "model name" or "CPU part")?[1].Trim();
}
