using System.Text.Json.Nodes;

namespace Latlab.EndToEnd.Tests;

/// <summary>
/// Wrong wishes are refused where they are made; what cannot be known before fails the run with its reason, and the node is free again.
/// </summary>
public sealed class BadInputTests(ClusterFixture cluster)
{
    [Theory]
    [InlineData("rate: 10000", "rate: 0", "spec.traffic.rate")]
    [InlineData("frameSize: 64", "frameSize: 63", "spec.traffic.frameSize")]
    [InlineData("duration: 10s", "duration: -1s", "spec.traffic.duration")]
    [InlineData("mode: io", "mode: teleport", "spec.forwarder.mode")]
    public async Task What_the_schema_can_refuse_is_refused_when_it_is_applied(string good, string bad, string field)
    {
        var sample = await File.ReadAllTextAsync(ClusterFixture.InRepository("config/samples/quickstart.yaml"));
        var experiment = sample.Split("---")[^1];
        Assert.Contains(good, experiment, StringComparison.Ordinal);
        var outcome = await cluster.Kubectl.TryApplyAsync(
            experiment.Replace(good, bad, StringComparison.Ordinal).Replace("namespace: latlab-demo", "namespace: default", StringComparison.Ordinal));
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains(field, outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_TunedNode_is_refused_when_it_is_applied_with_field_value_and_what_to_do_and_a_right_one_is_not()
    {
        const string Manifest = """
            apiVersion: latlab.dev/v1alpha1
            kind: TunedNode
            metadata: { name: wrong }
            spec: { nodeName: none, cpu: { isolated: "0-1" }, virtualWires: [{ name: left }, { name: left2 }] }
            """;
        var outcome = await cluster.Kubectl.TryApplyAsync(Manifest);
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains("spec.cpu.isolated: \"0-1\" has CPU 0", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("leave CPU 0 out", outcome.Errors, StringComparison.Ordinal);
        Assert.Null(await cluster.Kubectl.GetAsync("tunednode", "wrong"));

        await cluster.Kubectl.ApplyAsync(Manifest.Replace("0-1", "1", StringComparison.Ordinal));
        try
        {
            outcome = await cluster.Kubectl.TryApplyAsync(Manifest.Replace("left2", "left", StringComparison.Ordinal));
            Assert.NotEqual(0, outcome.ExitCode);
        }
        finally
        {
            await cluster.Kubectl.RunAsync("delete", "tunednode", "wrong", "--timeout=60s");
        }
    }

    [Theory]
    [InlineData("interface: generator", "interface: nowhere", "spec.traffic.interface: \"nowhere\"")]
    [InlineData("tunedNode: ", "tunedNode: not-", "spec.tunedNode: \"not-")]
    [InlineData("mode: io", "mode: io\n    cpus: 64", "spec.forwarder.cpus: \"64\"")]
    [InlineData("mode: io", "mode: io\n    memoryMiB: 65536", "spec.forwarder.memoryMiB: \"65536\"")]
    [InlineData("mode: io", "mode: io\n    hugePages: { size: 2Mi, count: 100000 }", "spec.forwarder.hugePages.count: \"100000\"")]
    [InlineData("mode: io", "mode: io\n    image: docker.io/library/evil:latest", "spec.forwarder.image: \"docker.io/library/evil:latest\"")]
    public async Task What_other_objects_decide_is_a_condition_with_field_value_and_remedy_and_nothing_is_created(string good, string bad, string message)
    {
        await using var testbed = await Testbed.CreateAsync(cluster);
        await cluster.Kubectl.RunAsync("wait", "--for=condition=Effective", $"tunednode/{testbed.Name}", "--timeout=60s");
        await cluster.Kubectl.ApplyAsync(testbed.Experiment("x").Replace(good, bad, StringComparison.Ordinal));
        var experiment = await Eventually.GetAsync(
            "the experiment to be refused",
            TimeSpan.FromSeconds(30),
            async () => await cluster.Kubectl.GetAsync("lex", "x", testbed.Name) is { } entity && entity.Condition("Accepted") == "False" ? entity : null,
            () => testbed.DescribeAsync("x"));
        Assert.StartsWith(message, experiment.Condition("Accepted", "message"), StringComparison.Ordinal);
        Assert.Contains("; ", experiment.Condition("Accepted", "message"), StringComparison.Ordinal);
        Assert.Empty(await cluster.Kubectl.ListAsync("lrun", testbed.Name));
        Assert.Empty(await cluster.Kubectl.ListAsync("pods", "latlab-runs"));
    }

    [Fact]
    public async Task An_interface_that_is_offered_to_another_namespace_is_refused()
    {
        await using var testbed = await Testbed.CreateAsync(cluster);
        await using var stranger = new Namespace(cluster, testbed.Name + "-stranger");
        await stranger.CreateAsync();
        await cluster.Kubectl.ApplyAsync(testbed.Experiment("x").Replace($"namespace: {testbed.Name}", $"namespace: {stranger.Name}", StringComparison.Ordinal));
        var experiment = await Eventually.GetAsync<JsonNode>(
            "the experiment to be refused",
            TimeSpan.FromSeconds(30),
            async () => await cluster.Kubectl.GetAsync("lex", "x", stranger.Name) is { } entity && entity.Condition("Accepted") == "False" ? entity : null);
        Assert.Contains("is not offered to namespace", experiment.Condition("Accepted", "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_that_cannot_be_pulled_fails_the_run_in_time_and_the_next_experiment_goes_on()
    {
        await using var testbed = await Testbed.CreateAsync(cluster);
        await cluster.Kubectl.ApplyAsync(testbed.Experiment("x", forwarder: $"image: {ClusterFixture.AbsentImage}"));
        await testbed.CompleteAsync("x");
        var run = (await testbed.RunAsync("x-1"))!;
        Assert.Equal("Failed", (string?)run["status"]!["phase"]);
        Assert.Equal("ImagePullFailed", run.Condition("Measured", "reason"));
        Assert.Contains(ClusterFixture.AbsentImage, run.Condition("Measured", "message"), StringComparison.Ordinal);
        await testbed.NodeIsFreeAsync();
        await cluster.Kubectl.ApplyAsync(testbed.Experiment("next"));
        await testbed.MeasuredAsync("next");
    }

    [Fact]
    public async Task A_meter_that_is_OOM_killed_fails_its_run_by_name_and_the_next_run_goes_on()
    {
        await using var testbed = await Testbed.CreateAsync(cluster);
        await cluster.Kubectl.ApplyAsync(testbed.Experiment("x", duration: "20s", extra: "repetitions: 2"));
        var run = await testbed.PhaseAsync("x-1", "Measuring");
        var meter = (await cluster.Kubectl.GetAsync("pod", $"meter-{run["metadata"]!["uid"]}", "latlab-runs"))!;
        await PodProcess.TakeMemoryAwayAsync((string)meter["metadata"]!["uid"]!, "latlab");

        var failed = await testbed.PhaseAsync("x-1", "Failed");
        Assert.True(failed.Condition("Measured", "reason") == "OutOfMemory", failed.ToJsonString());
        Assert.StartsWith("meter: the container needed more memory than its limit", failed.Condition("Measured", "message"), StringComparison.Ordinal);
        var experiment = await testbed.CompleteAsync("x");
        Assert.Equal("1/2", (string?)experiment["status"]!["valid"]);
    }

    [Fact]
    public async Task A_generator_that_never_starts_fails_its_run_in_time_and_the_next_run_goes_on()
    {
        await using var testbed = await Testbed.CreateAsync(cluster);
        // Room for meter and forwarder, none for the generator.
        await cluster.Kubectl.ApplyAsync("""
            apiVersion: v1
            kind: ResourceQuota
            metadata: { name: two-pods, namespace: latlab-runs }
            spec: { hard: { pods: "2" } }
            """);
        try
        {
            await cluster.Kubectl.ApplyAsync(testbed.Experiment("x", extra: "repetitions: 2"));
            var run = await testbed.PhaseAsync("x-1", TimeSpan.FromMinutes(2), "Failed");
            Assert.Equal("TimedOut", run.Condition("Measured", "reason"));
            Assert.StartsWith("the generator pod could not be created within 1m", run.Condition("Measured", "message"), StringComparison.Ordinal);
            var events = await cluster.Kubectl.RunAsync("get", "events", "--namespace", testbed.Name, "--field-selector", "reason=PodNotCreated");
            Assert.Contains("exceeded quota", events, StringComparison.Ordinal);
        }
        finally
        {
            await cluster.Kubectl.RunAsync("delete", "resourcequota", "two-pods", "--namespace", "latlab-runs");
        }

        await testbed.CompleteAsync("x");
        Assert.Equal("True", (await testbed.RunAsync("x-2")).Condition("Measured"));
    }
}
