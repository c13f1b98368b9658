using System.Diagnostics;

namespace Latlab.Cli.Tests.Nodes;

/// <summary>The built program with a <c>kubectl</c> that prints what a test gives it.</summary>
public sealed class NodeCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latlab-node-");

    [Fact]
    public async Task The_ledger_is_shown_wished_against_real()
    {
        var (exitCode, output, error) = await RunAsync(Tuning(observed: 2), 0, "node-1");
        Assert.Equal((3, ""), (exitCode, error));
        Assert.Equal(
            """
            node node-1, tuned by TunedNode fast: 1/2 in effect, 4 drifts
            kernel 6.1.0, CPUs 0-7, Some CPU

              cpu.governor                 performance    InEffect
            - kernel.arguments[nohz_full]  nohz_full=2-5  RebootRequired
            +                              absent         /proc/cmdline
                add it and reboot

            """,
            output);
        Assert.Equal("get nodetunings.latlab.dev --output=json -- node-1", await File.ReadAllTextAsync(Asked, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_report_on_an_older_spec_is_not_taken_for_the_newest()
    {
        var (exitCode, output, _) = await RunAsync(Tuning(observed: 1), 0, "node-1");
        Assert.Equal(3, exitCode);
        Assert.Contains("has not reported on the newest spec yet", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_kubectl_says_is_passed_on()
    {
        var (exitCode, output, error) = await RunAsync("Error from server (NotFound)", 1, "other", "--context", "lab");
        Assert.Equal((1, ""), (exitCode, output));
        Assert.Equal("latlab node: kubectl get nodetunings.latlab.dev --output=json --context=lab -- other: Error from server (NotFound)", error.Trim());
    }

    [Fact]
    public async Task What_is_no_NodeTuning_is_said_to_be_none() =>
        Assert.Contains("is no NodeTuning", (await RunAsync("{}", 0, "node-1")).Error, StringComparison.Ordinal);

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Tuning(int observed) => $$"""
        { "apiVersion": "latlab.dev/v1alpha1", "kind": "NodeTuning", "metadata": { "name": "node-1", "generation": 2, "uid": "u" },
          "spec": { "tunedNode": { "name": "fast", "uid": "u", "generation": 1 }, "aFieldOfTheFuture": 1 },
          "status": { "observedGeneration": {{observed}}, "inEffect": "1/2", "drifts": 4,
            "environment": { "kernelRelease": "6.1.0", "onlineCpus": "0-7", "cpuModel": "Some CPU" },
            "ledger": [
              { "knob": "cpu.governor", "requested": "performance", "effective": "performance", "evidence": "/sys/x", "state": "InEffect", "presentInThisBoot": true },
              { "knob": "kernel.arguments[nohz_full]", "requested": "nohz_full=2-5", "effective": "absent", "evidence": "/proc/cmdline", "state": "RebootRequired",
                "presentInThisBoot": false, "message": "add it and reboot" } ] } }
        """;

    private string Asked => Path.Combine(_folder.FullName, "asked");

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string answer, int exitCode, params string[] arguments)
    {
        var kubectl = Path.Combine(_folder.FullName, "kubectl");
        await File.WriteAllTextAsync(kubectl + ".answer", answer);
        await File.WriteAllTextAsync(kubectl, $"#!/bin/sh\nprintf %s \"$*\" >'{Asked}'\ncat '{kubectl}.answer' {(exitCode == 0 ? "" : ">&2")}\nexit {exitCode}\n");
        File.SetUnixFileMode(kubectl, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "latlab"), ["node", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_folder.FullName}:{start.Environment["PATH"]}";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
