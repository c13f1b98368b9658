namespace Latlab.Cli.Tests.Nodes;

/// <summary>The built program with a <c>kubectl</c> that prints what a test gives it.</summary>
public sealed class NodeCommandTests : IDisposable
{
    private readonly FakeKubectl _kubectl = new();

    [Fact]
    public async Task The_ledger_is_shown_wished_against_real()
    {
        var (exitCode, output, error) = await RunAsync(Tuning(observed: 2), 0, "node-1");
        Assert.Equal((3, ""), (exitCode, error));
        Assert.Equal(
            """
            node node-1, tuned by TunedNode fast: 1/2 in effect, 4 drifts
            kernel 6.1.0 (PREEMPT_RT), CPUs 0-7, Some CPU

              KNOB                         VALUE          STATE              CONFIGURED IN                      IN THIS BOOT
              cpu.governor                 performance    InEffect           -                                  no
            - kernel.arguments[nohz_full]  nohz_full=2-5  RebootRequired     /etc/default/grub.d/99_latlab.cfg  no
            +                              absent         /proc/cmdline
                add it and reboot
            - vm.stat_interval             10             Drifted, 2 drifts  5 in /proc/x                       yes
            +                              1              /proc/x
                something else made it 1

            """,
            output);
        Assert.Equal("get nodetunings.latlab.dev --output=json -- node-1", Assert.Single(_kubectl.Asked));
    }

    [Fact]
    public async Task How_quiet_it_was_before_and_after_is_shown()
    {
        var noise = """
            "noise": { "before": { "bootId": "b", "at": "2026-01-02T03:04:05Z", "durationNs": 10000000000, "cpus": "2-3", "maxGapNs": 81234, "gaps": 1000,
              "worst": [ { "cpu": 3, "maxGapNs": 81234, "noiseNs": 9, "histogram": "1024:990 65536:10", "interrupts": "LOC:2500 RES:3", "preemptions": 4 } ] },
              "after": { "bootId": "b", "at": "2026-01-02T03:04:05Z", "durationNs": 1, "cpus": "2-3", "problem": "this process cannot run on CPU 2" } },
            """;
        var (_, output, _) = await RunAsync(Tuning(observed: 2).Replace("\"ledger\":", noise + "\"ledger\":", StringComparison.Ordinal), 0, "node-1");
        Assert.Contains(
            """
            noise before tuning: longest gap 81234 ns, 1000 gaps of 1 us or more in 10000 ms on CPUs 2-3
                CPU 3: longest 81234 ns, interrupts LOC:2500 RES:3, preempted 4, SMIs ?, gaps 1024:990 65536:10
            noise after tuning: not known: this process cannot run on CPU 2
            """,
            output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task How_kubelet_shares_out_CPUs_is_shown_and_what_does_not_fit()
    {
        var kubelet = """
            "kubelet": { "cpuManagerPolicy": "static", "topologyManagerPolicy": "none", "memoryManagerPolicy": "None" },
            "conditions": [ { "type": "KubeletAligned", "status": "False", "reason": "Misaligned", "message": "set reservedSystemCPUs" } ],
            """;
        var (_, output, _) = await RunAsync(Tuning(observed: 2).Replace("\"ledger\":", kubelet + "\"ledger\":", StringComparison.Ordinal), 0, "node-1");
        Assert.Contains(
            """
            kubelet: CPU manager static, reserved CPUs of its own choice, topology manager none, memory manager None
                set reservedSystemCPUs
            """,
            output,
            StringComparison.Ordinal);
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

    public void Dispose() => _kubectl.Dispose();

    private static string Tuning(int observed) => $$"""
        { "apiVersion": "latlab.dev/v1alpha1", "kind": "NodeTuning", "metadata": { "name": "node-1", "generation": 2, "uid": "u" },
          "spec": { "tunedNode": { "name": "fast", "uid": "u", "generation": 1 }, "aFieldOfTheFuture": 1 },
          "status": { "observedGeneration": {{observed}}, "inEffect": "1/2", "drifts": 4,
            "environment": { "kernelRelease": "6.1.0", "kernelPreemption": "PREEMPT_RT", "onlineCpus": "0-7", "cpuModel": "Some CPU" },
            "ledger": [
              { "knob": "cpu.governor", "requested": "performance", "effective": "performance", "evidence": "/sys/x", "state": "InEffect", "presentInThisBoot": false },
              { "knob": "kernel.arguments[nohz_full]", "requested": "nohz_full=2-5", "effective": "absent", "evidence": "/proc/cmdline", "state": "RebootRequired",
                "presentInThisBoot": false, "configured": "nohz_full=2-5", "configuredIn": "/etc/default/grub.d/99_latlab.cfg", "message": "add it and reboot" },
              { "knob": "vm.stat_interval", "requested": "10", "configured": "5", "configuredIn": "/proc/x", "effective": "1", "evidence": "/proc/x", "state": "Drifted",
                "presentInThisBoot": true, "drifts": 2, "message": "something else made it 1" } ] } }
        """;

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string answer, int exitCode, params string[] arguments) =>
        await _kubectl.Answers("*", answer, exitCode).RunAsync(["node", .. arguments]);
}
