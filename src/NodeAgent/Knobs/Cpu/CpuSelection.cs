using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs.Files;

namespace Latlab.NodeAgent.Knobs.Cpu;

/// <summary>Which of numbered files a wish is about.</summary>
internal static class CpuSelection
{
    /// <summary>Of files with a CPU's number: the isolated ones, or all.</summary>
    public static Func<HostView, IReadOnlyList<int>?, IEnumerable<int>> Of(NumberedFiles files) =>
        (host, cpus) => files.Numbers(host.Files).Where(cpu => cpus?.Contains(cpu) != false && !host.Files.Read(files.Of(cpu)).IsMissing);
}
