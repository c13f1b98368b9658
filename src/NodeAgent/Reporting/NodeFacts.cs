using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Reporting;

/// <summary>Reads what no knob sets and every result depends on.</summary>
internal static class NodeFacts
{
    public static NodeEnvironment Read(IHost host) => new()
    {
        KernelRelease = host.Read("/proc/sys/kernel/osrelease").Text,
        KernelCommandLine = host.Read("/proc/cmdline").Text,
        CpuModel = CpuModel(host.Read("/proc/cpuinfo").Text),
        OnlineCpus = host.Read("/sys/devices/system/cpu/online").Text,
    };

    // x86 says "model name"; arm64 has no name there, only numbers.
    private static string? CpuModel(string? cpuinfo) => cpuinfo?.Split('\n')
        .Select(line => line.Split(':', 2))
        .FirstOrDefault(pair => pair.Length == 2 && pair[0].Trim() is "model name" or "CPU part")?[1].Trim();
}
