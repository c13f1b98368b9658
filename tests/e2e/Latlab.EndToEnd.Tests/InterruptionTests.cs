using System.Globalization;

namespace Latlab.EndToEnd.Tests;

/// <summary>Deletion and kill -9 at the worst moments.</summary>
public sealed class InterruptionTests(ClusterFixture cluster)
{
    [Theory]
    [InlineData("Preparing")]
    [InlineData("Measuring")]
    [InlineData("Analyzing")]
    public async Task An_experiment_deleted_in_any_phase_leaves_nothing_behind(string phase)
    {
        await using var testbed = await Testbed.CreateAsync(cluster);
        await cluster.Kubectl.ApplyAsync(testbed.Experiment("x", duration: phase == "Measuring" ? "60s" : "1s"));
        await testbed.PhaseAsync("x-1", phase, "Complete");
        await cluster.Kubectl.RunAsync("delete", "lex", "x", "--namespace", testbed.Name, "--timeout=60s");
        await GoneAsync(testbed);
    }

    [Fact]
    public async Task An_experiment_deleted_while_it_waits_for_the_node_leaves_the_run_that_has_it_alone()
    {
        await using var testbed = await Testbed.CreateAsync(cluster);
        await cluster.Kubectl.ApplyAsync(testbed.Experiment("first", duration: "6s"));
        await testbed.PhaseAsync("first-1", "Preparing", "Measuring");
        await cluster.Kubectl.ApplyAsync(testbed.Experiment("second"));
        await testbed.PhaseAsync("second-1", "Reserving");
        await cluster.Kubectl.RunAsync("delete", "lex", "second", "--namespace", testbed.Name, "--timeout=60s");
        await Eventually.TrueAsync("second-1 to be gone", TimeSpan.FromSeconds(30), async () => await testbed.RunAsync("second-1") is null);
        Assert.Equal("True", (await testbed.CompleteAsync("first")).Condition("Measured"));
    }

    [Fact]
    public async Task A_TunedNode_deleted_during_a_run_waits_for_its_end()
    {
        await using var testbed = await Testbed.CreateAsync(cluster);
        await cluster.Kubectl.ApplyAsync(testbed.Experiment("x", duration: "4s"));
        await testbed.PhaseAsync("x-1", "Measuring");
        await cluster.Kubectl.RunAsync("delete", "tunednode", testbed.Name, "--wait=false");
        var run = await testbed.PhaseAsync("x-1", "Complete", "Failed", "Invalid");
        Assert.Equal("Complete", (string?)run["status"]!["phase"]);
        await Eventually.TrueAsync(
            "the TunedNode to be gone", TimeSpan.FromSeconds(60), async () => await cluster.Kubectl.GetAsync("tunednode", testbed.Name) is null);
    }

    [Theory]
    [InlineData("Reserving")]
    [InlineData("Preparing")]
    [InlineData("Measuring")]
    [InlineData("Analyzing")]
    public async Task An_operator_killed_in_any_phase_goes_on_and_executes_nothing_twice(string phase)
    {
        await using var testbed = await Testbed.CreateAsync(cluster);
        await cluster.Kubectl.ApplyAsync(testbed.Experiment("x", duration: "3s", rate: 1000));
        // A short phase may be over before it is seen: the kill then falls into the next one.
        var seen = phase == "Reserving"
            ? await Eventually.GetAsync("run x-1", TimeSpan.FromMinutes(1), () => testbed.RunAsync("x-1"))
            : await testbed.PhaseAsync("x-1", phase, "Complete");
        await KillOperatorAsync();
        var experiment = await testbed.CompleteAsync("x", TimeSpan.FromMinutes(3));
        Assert.True(experiment.Condition("Measured") == "True", await testbed.DescribeAsync("x"));
        var run = (await testbed.RunAsync("x-1"))!;
        Assert.Equal((string?)seen["metadata"]!["uid"], (string?)run["metadata"]!["uid"]);
        // Traffic that was sent twice would show up as more packets than asked for, or as duplicates.
        Assert.Equal(3000, (long)run["status"]!["results"]!["sent"]!);
        Assert.Equal(0, (long)run["status"]!["results"]!["duplicated"]!);
        Assert.Single(await cluster.Kubectl.ListAsync("lrun", testbed.Name));
    }

    [Fact]
    public async Task A_forwarder_that_dies_fails_its_run_with_the_reason_and_the_next_run_goes_on()
    {
        await using var testbed = await Testbed.CreateAsync(cluster);
        await cluster.Kubectl.ApplyAsync(testbed.Experiment("x", duration: "5s", extra: "repetitions: 2"));
        var run = await testbed.PhaseAsync("x-1", "Measuring");
        await KillContainerAsync($"forwarder-{run["metadata"]!["uid"]}", "dpdk-testpmd");
        var experiment = await testbed.CompleteAsync("x");
        Assert.Equal("Failed", (string?)experiment["status"]!["phase"]);
        Assert.Equal("1/2", (string?)experiment["status"]!["valid"]);
        var failed = (await testbed.RunAsync("x-1"))!;
        Assert.Equal("ForwarderDied", failed.Condition("Measured", "reason"));
        Assert.Contains("Last log lines", failed.Condition("Measured", "message"), StringComparison.Ordinal);
        Assert.Equal("True", (await testbed.RunAsync("x-2")).Condition("Measured"));
    }

    private static async Task GoneAsync(Testbed testbed)
    {
        await Eventually.TrueAsync(
            "the run to be gone", TimeSpan.FromSeconds(60), async () => await testbed.RunAsync("x-1") is null, testbed.DescribeRunPodsAsync);
        await testbed.NodeIsFreeAsync();
    }

    /// <summary>kill -9, and the pod deleted after it: a container that was killed often would wait out kubelet's back-off.</summary>
    private async Task KillOperatorAsync()
    {
        var pod = (await cluster.Kubectl.ListAsync("pods", "latlab-system", "app.kubernetes.io/component=operator"))
            .First(p => p!["metadata"]!["deletionTimestamp"] is null)!;
        await KillProcessAsync((string)pod["metadata"]!["uid"]!, "latlab-operator");
        await cluster.Kubectl.RunAsync("delete", "pod", (string)pod["metadata"]!["name"]!, "--namespace", "latlab-system", "--wait=false");
    }

    private async Task KillContainerAsync(string pod, string process)
    {
        var uid = (string?)(await cluster.Kubectl.GetAsync("pod", pod, "latlab-runs"))?["metadata"]!["uid"];
        Assert.NotNull(uid);
        await KillProcessAsync(uid, process);
    }

    /// <summary>Kills the process of that name in the pod's cgroup: one that this test's cluster started.</summary>
    private static async Task KillProcessAsync(string podUid, string process)
    {
        var killed = 0;
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)))
        {
            try
            {
                var cgroup = await File.ReadAllTextAsync(Path.Combine(directory, "cgroup"));
                var command = (await File.ReadAllTextAsync(Path.Combine(directory, "cmdline"))).Split('\0')[0];
                if (cgroup.Contains(podUid, StringComparison.Ordinal) && Path.GetFileName(command) == process)
                {
                    using var victim = System.Diagnostics.Process.GetProcessById(int.Parse(Path.GetFileName(directory), CultureInfo.InvariantCulture));
                    victim.Kill();
                    killed++;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                // A process that ended while we looked at it.
                continue;
            }
        }

        Assert.True(killed > 0, $"no process {process} in pod {podUid}");
    }
}
