using System.Globalization;
using Latlab.Crds;
using Latlab.NodeAgent.Noise;
using Latlab.NodeAgent.Reporting;

namespace Latlab.NodeAgent.Host;

/// <summary>Keeps the agent's own threads off isolated CPUs: it must not be the noise that it looks for.</summary>
internal sealed class OwnThreads(IHost host, AgentLog log)
{
    private string? _said;

    /// <summary>
    /// Says so to the kernel, again at each look: kubelet's static CPU manager rewrites the control group's CPUs, whereat older kernels
    /// forget it. Threads made later have it from those that make them.
    /// </summary>
    /// <param name="isolated">The isolated CPUs of the wish; null when it names none.</param>
    public void StayOff(string? isolated)
    {
        if (Housekeeping(host.Read("/sys/devices/system/cpu/online").Text, isolated, host.Read("/sys/devices/system/cpu/isolated").Text) is not { } cpus)
        {
            return;
        }

        var problem = Directory.EnumerateFileSystemEntries("/proc/self/task")
            .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))
            // A look at noise may last.
            .Where(thread => !CpuThread.IsPinned(thread))
            .Select(thread => Scheduler.SetOwnCpus(thread, cpus))
            .FirstOrDefault(why => why is not null);
        Say(CpuList.Format(cpus), problem);
    }

    private void Say(string cpus, string? problem)
    {
        var words = problem is null ? $"The agent stays on CPUs {cpus}" : $"The agent could not be kept on CPUs {cpus}: {problem}; give its control group one of them";
        if (words != _said)
        {
            _said = words;
            (problem is null ? (Action<string>)log.Information : log.Warning)(words);
        }
    }

    /// <summary>
    /// CPUs that are isolated by neither of two lists, of those that there are; null when those are unknown, or none is left.
    /// </summary>
    internal static IReadOnlyList<int>? Housekeeping(string? online, string? isolated, string? isolatedAtBoot)
    {
        if (!CpuList.TryParse(online, out var cpus))
        {
            return null;
        }

        IReadOnlyList<int> left = [.. cpus.Except(Cpus(isolated)).Except(Cpus(isolatedAtBoot))];
        return left.Count == 0 ? null : left;
    }

    private static IReadOnlyList<int> Cpus(string? list) => CpuList.TryParse(list, out var cpus) ? cpus : [];
}
