namespace Latlab.EndToEnd.Tests;

/// <summary>Processes of a pod, found by its cgroup: ones that this test's cluster started.</summary>
internal static class PodProcess
{
    /// <summary>Sends a signal to each process of that name in the pod; fails when there is none.</summary>
    public static async Task SignalAsync(string signal, string podUid, string process)
    {
        var found = 0;
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)))
        {
            try
            {
                var cgroup = await File.ReadAllTextAsync(Path.Combine(directory, "cgroup"));
                var command = (await File.ReadAllTextAsync(Path.Combine(directory, "cmdline"))).Split('\0')[0];
                if (cgroup.Contains(podUid, StringComparison.Ordinal) && Path.GetFileName(command) == process)
                {
                    found += (await Commands.RunAsync("kill", ["-s", signal, Path.GetFileName(directory)])).ExitCode == 0 ? 1 : 0;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A process that ended while we looked at it.
                continue;
            }
        }

        Assert.True(found > 0, $"no process {process} in pod {podUid}");
    }
}
