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

    /// <summary>
    /// Leaves the process's container no memory: lowers its limit to what it uses now, and has another process claim all of that.
    /// Both cannot have it, however much of its use the container can give up as page cache; the kernel is told which one to kill first.
    /// Kubelet's CPU manager may write the container's resources, and with them its old limit, between the two: it is done again then.
    /// </summary>
    public static async Task TakeMemoryAwayAsync(string podUid, string process)
    {
        var (id, cgroup) = (await FindAsync(podUid, process))[0];
        await File.WriteAllTextAsync($"/proc/{id}/oom_score_adj", "1000");
        var version1 = cgroup.Split('\n').Select(line => line.Split(':', 3)).FirstOrDefault(parts => parts.Length == 3 && parts[1] == "memory");
        var memory = version1 is not null
            ? new MemoryFiles($"/sys/fs/cgroup/memory{version1[2]}", "memory.limit_in_bytes", "memory.usage_in_bytes")
            : new MemoryFiles($"/sys/fs/cgroup{cgroup.Trim().Split(':', 3)[2]}", "memory.max", "memory.current");
        await Eventually.TrueAsync(
            $"process {id} ({process}) to be killed for its memory",
            TimeSpan.FromSeconds(15),
            async () =>
            {
                await ClaimAsync(memory);
                return !Directory.Exists($"/proc/{id}");
            });
    }

    private static async Task ClaimAsync(MemoryFiles memory)
    {
        try
        {
            var usage = await File.ReadAllTextAsync(Path.Combine(memory.Directory, memory.Usage));
            var bytes = (long.Parse(usage, CultureInfo.InvariantCulture) + (1 << 20)).ToString(CultureInfo.InvariantCulture);
            await File.WriteAllTextAsync(Path.Combine(memory.Directory, memory.Limit), bytes);
            const string claim = """echo $$ > "$1/cgroup.procs" && exec dd if=/dev/zero of=/dev/null bs="$2" count=1""";
            // The claimer may be killed as well, after the process: its exit code says nothing.
            await Commands.RunAsync("sh", ["-c", claim, "claim", memory.Directory, bytes]);
        }
        catch (IOException) when (!Directory.Exists(memory.Directory))
        {
            // The container is gone already.
        }
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

    /// <summary>Where a container's memory is limited and counted.</summary>
    private sealed record MemoryFiles(string Directory, string Limit, string Usage);
}
