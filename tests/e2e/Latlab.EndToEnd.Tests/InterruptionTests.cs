using System.Text.Json.Nodes;

namespace Latlab.EndToEnd.Tests;

/// <summary>Deletion and kill -9 at the worst moments.</summary>
public sealed class InterruptionTests(ClusterFixture cluster)
{
    [Fact]
    public async Task An_experiment_deleted_while_it_waits_for_the_agent_gives_the_node_back()
    {
        await using var testbed = await Testbed.CreateAsync(cluster);
        await cluster.Kubectl.RunAsync("wait", "--for=condition=Effective", $"tunednode/{testbed.Name}", "--timeout=60s");
        var agent = (string)(await cluster.Kubectl.ListAsync("pods", "latlab-system", "app.kubernetes.io/component=agent"))[0]!["metadata"]!["uid"]!;
        await PodProcess.SignalAsync("STOP", agent, "latlab-agent");
        try
        {
            await cluster.Kubectl.ApplyAsync(testbed.Experiment("x"));
            await testbed.PhaseAsync("x-1", "Reserving");
            await Eventually.TrueAsync(
                "the run to hold the node", TimeSpan.FromSeconds(15), async () => (await cluster.Kubectl.ListAsync("leases", "latlab-runs")).Count == 1);
            await DeleteAsync(testbed);
        }
        finally
        {
            await PodProcess.SignalAsync("CONT", agent, "latlab-agent");
        }
    }

    [Fact]
    public async Task An_experiment_deleted_while_Preparing_leaves_nothing_behind()
    {
        await using var testbed = await Testbed.CreateAsync(cluster);
        // A forwarder between the two ends of one wire: nothing that the generator sends gets through it, so it is never ready.
        await cluster.Kubectl.ApplyAsync(
            testbed.Experiment("x").Replace("[{ interface: ingress }, { interface: dut-out }]", "[{ interface: dut-out }, { interface: egress }]", StringComparison.Ordinal));
        await testbed.PhaseAsync("x-1", "Preparing");
        await DeleteAsync(testbed);
    }

    [Fact]
    public async Task An_experiment_deleted_while_Measuring_leaves_nothing_behind()
    {
        await using var testbed = await Testbed.CreateAsync(cluster);
        await cluster.Kubectl.ApplyAsync(testbed.Experiment("x", duration: "60s"));
        await testbed.PhaseAsync("x-1", "Measuring");
        await DeleteAsync(testbed);
    }

    [Fact]
    public async Task An_experiment_deleted_while_Analyzing_leaves_nothing_behind()
    {
        await using var testbed = await Testbed.CreateAsync(cluster);
        await cluster.Kubectl.ApplyAsync(testbed.Experiment("x", duration: "4s"));
        await using var hold = await PodHold.OnMeterAsync(cluster, await testbed.PhaseAsync("x-1", "Measuring"));
        await testbed.PhaseAsync("x-1", "Analyzing");
        await cluster.Kubectl.RunAsync("delete", "lex", "x", "--namespace", testbed.Name, "--wait=false");
        await hold.DisposeAsync();
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
        await testbed.MeasuredAsync("first");
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

    [Fact]
    public async Task An_operator_killed_while_a_run_waits_for_the_node_goes_on_and_executes_nothing_twice()
    {
        await using var testbed = await Testbed.CreateAsync(cluster);
        await cluster.Kubectl.ApplyAsync(testbed.Experiment("first", duration: "8s"));
        await testbed.PhaseAsync("first-1", "Preparing", "Measuring");
        await cluster.Kubectl.ApplyAsync(testbed.Experiment("x", duration: "3s", rate: 1000));
        var seen = await testbed.PhaseAsync("x-1", "Reserving");
        await KillOperatorAsync();
        await ExecutedOnceAsync(testbed, seen);
        await testbed.MeasuredAsync("first");
    }

    [Theory]
    [InlineData("Preparing")]
    [InlineData("Measuring")]
    public async Task An_operator_killed_in_a_phase_goes_on_and_executes_nothing_twice(string phase)
    {
        await using var testbed = await Testbed.CreateAsync(cluster);
        await cluster.Kubectl.ApplyAsync(testbed.Experiment("x", duration: "3s", rate: 1000));
        var seen = await testbed.PhaseAsync("x-1", phase);
        await KillOperatorAsync();
        await ExecutedOnceAsync(testbed, seen);
    }

    [Fact]
    public async Task An_operator_killed_while_Analyzing_goes_on_and_executes_nothing_twice()
    {
        await using var testbed = await Testbed.CreateAsync(cluster);
        await cluster.Kubectl.ApplyAsync(testbed.Experiment("x", duration: "3s", rate: 1000));
        await using var hold = await PodHold.OnMeterAsync(cluster, await testbed.PhaseAsync("x-1", "Measuring"));
        var seen = await testbed.PhaseAsync("x-1", "Analyzing");
        await KillOperatorAsync();
        await hold.DisposeAsync();
        await ExecutedOnceAsync(testbed, seen);
    }

    [Fact]
    public async Task A_forwarder_that_dies_fails_its_run_with_the_reason_and_the_next_run_goes_on()
    {
        await using var testbed = await Testbed.CreateAsync(cluster);
        await cluster.Kubectl.ApplyAsync(testbed.Experiment("x", duration: "5s", extra: "repetitions: 2"));
        var run = await testbed.PhaseAsync("x-1", "Measuring");
        await PodProcess.SignalAsync("KILL", await PodUidAsync("forwarder", run), "dpdk-testpmd");
        var experiment = await testbed.CompleteAsync("x");
        Assert.Equal("Failed", (string?)experiment["status"]!["phase"]);
        Assert.Equal("1/2", (string?)experiment["status"]!["valid"]);
        var failed = (await testbed.RunAsync("x-1"))!;
        Assert.Equal("ForwarderDied", failed.Condition("Measured", "reason"));
        Assert.Contains("Last log lines", failed.Condition("Measured", "message"), StringComparison.Ordinal);
        Assert.Equal("True", (await testbed.RunAsync("x-2")).Condition("Measured"));
    }

    private async Task ExecutedOnceAsync(Testbed testbed, JsonNode seen)
    {
        await testbed.MeasuredAsync("x", TimeSpan.FromMinutes(3));
        var run = (await testbed.RunAsync("x-1"))!;
        Assert.Equal((string?)seen["metadata"]!["uid"], (string?)run["metadata"]!["uid"]);
        // Traffic that was sent twice would show up as more packets than asked for, or as duplicates.
        Assert.Equal(3000, run["status"]!["results"]!.MatchedOfPlanned());
        Assert.Equal(0, (long)run["status"]!["results"]!["duplicated"]!);
        Assert.Single(await cluster.Kubectl.ListAsync("lrun", testbed.Name), r => (string?)r!["metadata"]!["labels"]!["latlab.dev/experiment"] == "x");
    }

    private async Task DeleteAsync(Testbed testbed)
    {
        await cluster.Kubectl.RunAsync("delete", "lex", "x", "--namespace", testbed.Name, "--timeout=60s");
        await GoneAsync(testbed);
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
        await PodProcess.SignalAsync("KILL", (string)pod["metadata"]!["uid"]!, "latlab-operator");
        await cluster.Kubectl.RunAsync("delete", "pod", (string)pod["metadata"]!["name"]!, "--namespace", "latlab-system", "--wait=false");
    }

    private async Task<string> PodUidAsync(string role, JsonNode run)
    {
        var uid = (string?)(await cluster.Kubectl.GetAsync("pod", $"{role}-{run["metadata"]!["uid"]}", "latlab-runs"))?["metadata"]!["uid"];
        Assert.NotNull(uid);
        return uid;
    }
}
