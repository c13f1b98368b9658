using System.Globalization;

namespace Latlab.EndToEnd.Tests;

/// <summary>Processes of a pod, found by its cgroup: ones that this test's cluster started.</summary>
internal static class PodProcess
{
    /// <summary>Sends a signal to each process of that name in the pod; fails when there is none.</summary>
    public static async Task SignalAsync(string signal, string podUid, string process)
    {
        foreach (var (id, _) in await FindAsync(podUid, process))
        {
            var sent = await Commands.RunAsync("kill", ["-s", signal, id]);
            Assert.True(sent.ExitCode == 0, sent.Errors);
        }
    }

    /// <summary>Lowers the memory limit of the process's container to little more than what it uses now: when it needs more, it is killed.</summary>
    public static async Task TakeMemoryAwayAsync(string podUid, string process)
    {
        var (_, cgroup) = (await FindAsync(podUid, process))[0];
        var version1 = cgroup.Split('\n').Select(line => line.Split(':', 3)).FirstOrDefault(parts => parts.Length == 3 && parts[1] == "memory");
        var (limit, usage) = version1 is not null
            ? ($"/sys/fs/cgroup/memory{version1[2]}/memory.limit_in_bytes", $"/sys/fs/cgroup/memory{version1[2]}/memory.usage_in_bytes")
            : ($"/sys/fs/cgroup{cgroup.Trim().Split(':', 3)[2]}/memory.max", $"/sys/fs/cgroup{cgroup.Trim().Split(':', 3)[2]}/memory.current");
        var bytes = long.Parse(await File.ReadAllTextAsync(usage), CultureInfo.InvariantCulture) + (1 << 20);
        await File.WriteAllTextAsync(limit, bytes.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Process ids and cgroups of the pod's processes of that name; fails when there are none.</summary>
    private static async Task<List<(string Id, string Cgroup)>> FindAsync(string podUid, string process)
    {
        List<(string, string)> found = [];
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)))
        {
            try
            {
                var cgroup = await File.ReadAllTextAsync(Path.Combine(directory, "cgroup"));
                var command = (await File.ReadAllTextAsync(Path.Combine(directory, "cmdline"))).Split('\0')[0];
                if (cgroup.Contains(podUid, StringComparison.Ordinal) && Path.GetFileName(command) == process)
                {
                    found.Add((Path.GetFileName(directory), cgroup));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A process that ended while we looked at it.
                continue;
            }
        }

        Assert.True(found.Count > 0, $"no process {process} in pod {podUid}");
        return found;
    }
}
