namespace Latlab.EndToEnd.Tests;

/// <summary>Tuning of a real node, and back.</summary>
public sealed class TuningTests(ClusterFixture cluster)
{
    private const string HugePages = "/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages";

    [Fact]
    public async Task Hugepages_and_sysctls_are_in_effect_with_their_evidence_and_restored_at_deletion()
    {
        var pages = int.Parse(await File.ReadAllTextAsync(HugePages), System.Globalization.CultureInfo.InvariantCulture);
        // One of the node's network namespace: another cluster on this machine must not be in the way.
        var sysctl = await SomaxconnAsync();
        await cluster.Kubectl.ApplyAsync($$"""
            apiVersion: latlab.dev/v1alpha1
            kind: TunedNode
            metadata: { name: knobs }
            spec:
              nodeName: {{cluster.Node}}
              memory: { hugePages: [{ size: 2Mi, numaNode: 0, count: {{pages + 8}} }] }
              kernel: { sysctls: { net.core.somaxconn: "{{sysctl + 7}}" } }
            """);
        try
        {
            await cluster.Kubectl.RunAsync("wait", "--for=condition=Effective", "tunednode/knobs", "--timeout=60s");
            Assert.Equal($"{pages + 8}", (await File.ReadAllTextAsync(HugePages)).Trim());
            Assert.Equal(sysctl + 7, await SomaxconnAsync());
            var ledger = (await cluster.Kubectl.GetAsync("ntn", cluster.Node))!["status"]!["ledger"]!.AsArray();
            Assert.All(ledger, e =>
            {
                Assert.Equal("InEffect", (string?)e!["state"]);
                Assert.Equal((string?)e["requested"], (string?)e["effective"]);
                Assert.True((bool)e["presentInThisBoot"]!);
            });
            Assert.Contains(ledger, e => ((string)e!["evidence"]!).EndsWith("/nr_hugepages", StringComparison.Ordinal));
        }
        finally
        {
            await cluster.Kubectl.RunAsync("delete", "tunednode", "knobs", "--timeout=60s");
        }

        Assert.Equal($"{pages}", (await File.ReadAllTextAsync(HugePages)).Trim());
        Assert.Equal(sysctl, await SomaxconnAsync());

        async Task<int> SomaxconnAsync() =>
            int.Parse((await cluster.OnNodeAsync("cat", "/proc/sys/net/core/somaxconn")).Output, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task CPU_and_memory_knobs_are_in_effect_in_the_kernels_files_and_restored_at_deletion()
    {
        string[] files =
        [
            "/sys/kernel/mm/transparent_hugepage/enabled", "/sys/kernel/mm/transparent_hugepage/defrag", "/proc/irq/default_smp_affinity",
            "/sys/devices/virtual/workqueue/cpumask", "/sys/devices/system/cpu/cpu1/power/pm_qos_resume_latency_us",
            .. Directory.GetDirectories("/proc/irq").Select(directory => $"{directory}/smp_affinity_list"),
        ];
        var before = Texts();
        await cluster.Kubectl.ApplyAsync($$"""
            apiVersion: latlab.dev/v1alpha1
            kind: TunedNode
            metadata: { name: cpus }
            spec:
              nodeName: {{cluster.Node}}
              cpu: { isolated: "1", maxResumeLatency: 20us, irqAffinity: "0", workqueueAffinity: "0" }
              memory: { transparentHugePages: Never, transparentHugePageDefrag: Never }
              kernel: { arguments: [latlab.never=1] }
              noiseCheck: { duration: 1s }
            """);
        try
        {
            var tuning = await Eventually.GetAsync(
                "the ledger to be whole",
                TimeSpan.FromSeconds(60),
                async () => await cluster.Kubectl.GetAsync("ntn", cluster.Node) is { } found && found["status"]?["ledger"] is not null ? found : null);
            Assert.Contains("[never]", await File.ReadAllTextAsync(files[0]), StringComparison.Ordinal);
            Assert.Equal("1", (await File.ReadAllTextAsync("/proc/irq/default_smp_affinity")).Trim().TrimStart('0'));
            Assert.Equal("20", (await File.ReadAllTextAsync("/sys/devices/system/cpu/cpu1/power/pm_qos_resume_latency_us")).Trim());
            var states = tuning["status"]!["ledger"]!.AsArray().ToDictionary(entry => (string)entry!["knob"]!, entry => (string)entry!["state"]!);
            Assert.True(states.Remove("kernel.arguments[latlab.never]", out var absent));
            Assert.Equal("RebootRequired", absent);
            Assert.Equal(6, states.Count);
            Assert.True(states.Values.All(state => state == "InEffect"), tuning["status"]!["ledger"]!.ToJsonString());
            // Looked at before the first change; not after, as the argument keeps the spec from being in effect.
            var noise = tuning["status"]!["noise"]!;
            Assert.Equal(("1", true), ((string?)noise["before"]!["cpus"], (long)noise["before"]!["maxGapNs"]! > 0));
            Assert.Null(noise["after"]);
            Assert.Contains("add latlab.never=1", tuning.Condition("Effective", "message"), StringComparison.Ordinal);
            // The cluster's kubelet reserves the CPU that is not isolated, and the agent stays there.
            Assert.True(tuning.Condition("KubeletAligned") == "True", tuning.Condition("KubeletAligned", "message"));
            Assert.Equal(("static", "0"), ((string?)tuning["status"]!["kubelet"]!["cpuManagerPolicy"], (string?)tuning["status"]!["kubelet"]!["reservedSystemCpus"]));
            Assert.Equal(["0"], AgentCpus(cluster.Node));
        }
        finally
        {
            await cluster.Kubectl.RunAsync("delete", "tunednode", "cpus", "--timeout=60s");
        }

        Assert.Equal(before, Texts());

        List<string> Texts() => [.. files.Select(file => $"{file}: {(File.Exists(file) ? File.ReadAllText(file) : "")}")];
    }

    /// <summary>The CPUs that each thread of a node's agent may use.</summary>
    private static IEnumerable<string> AgentCpus(string node) => Directory.GetDirectories("/proc")
        .Where(process => Text($"{process}/comm").Trim() == "latlab-agent" && Text($"{process}/cmdline").Split('\0').Contains($"--node={node}"))
        .SelectMany(process => Directory.GetDirectories($"{process}/task"))
        .SelectMany(thread => Text($"{thread}/status").Split('\n').Where(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)))
        .Select(line => line.Split(':')[1].Trim())
        .Distinct();

    /// <summary>Of a process that may have ended.</summary>
    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }

    [Fact]
    public async Task A_wire_that_somebody_deletes_is_found_made_again_and_counted()
    {
        await using var testbed = await Testbed.CreateAsync(cluster);
        await cluster.Kubectl.RunAsync("wait", "--for=condition=Effective", $"tunednode/{testbed.Name}", "--timeout=60s");
        Assert.Equal(0, (await cluster.OnNodeAsync("ip", "link", "delete", "left-a")).ExitCode);
        await Eventually.TrueAsync(
            "the drift to be counted and repaired",
            TimeSpan.FromSeconds(60),
            async () => await cluster.Kubectl.GetAsync("ntn", cluster.Node) is { } tuning
                && (int?)tuning["status"]?["drifts"] == 1 && tuning.Condition("Effective") == "True");
        Assert.Contains("left-a", (await cluster.OnNodeAsync("ip", "-o", "link")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_changes_during_a_run_makes_it_invalid_with_its_numbers_kept()
    {
        await using var testbed = await Testbed.CreateAsync(cluster, """kernel: { sysctls: { net.core.somaxconn: "4099" } }""");
        await cluster.Kubectl.ApplyAsync(testbed.Experiment("x", duration: "5s"));
        await testbed.PhaseAsync("x-1", "Measuring");
        Assert.Equal(0, (await cluster.OnNodeAsync("sysctl", "-w", "net.core.somaxconn=4100")).ExitCode);
        await testbed.CompleteAsync("x");
        var run = (await testbed.RunAsync("x-1"))!;
        Assert.True((string?)run["status"]!["phase"] == "Invalid", run.ToJsonString());
        Assert.Equal("NodeDrifted", run.Condition("Measured", "reason"));
        Assert.Equal(10_000, run["status"]!["results"]!.MatchedOfPlanned());
        Assert.Equal("4099", (await cluster.OnNodeAsync("cat", "/proc/sys/net/core/somaxconn")).Output.Trim());
    }

    [Fact]
    public async Task With_drift_Report_a_changed_value_is_told_and_left_alone()
    {
        await using var testbed = await Testbed.CreateAsync(
            cluster, "drift: Report\n  kernel: { sysctls: { net.core.somaxconn: \"4099\" } }");
        await cluster.Kubectl.RunAsync("wait", "--for=condition=Effective", $"tunednode/{testbed.Name}", "--timeout=60s");
        Assert.Equal(0, (await cluster.OnNodeAsync("sysctl", "-w", "net.core.somaxconn=4100")).ExitCode);
        var tuning = await Eventually.GetAsync(
            "the drift to be told",
            TimeSpan.FromSeconds(60),
            async () => await cluster.Kubectl.GetAsync("ntn", cluster.Node) is { } found && found.Condition("Effective") == "False" ? found : null);
        var entry = tuning["status"]!["ledger"]!.AsArray().Single(e => (string?)e!["knob"] == "kernel.sysctls[net.core.somaxconn]")!;
        Assert.Equal("Drifted", (string?)entry["state"]);
        Assert.Equal("4100", (string?)entry["effective"]);
        Assert.Equal("4100", (await cluster.OnNodeAsync("cat", "/proc/sys/net/core/somaxconn")).Output.Trim());
    }

    [Fact]
    public async Task A_second_TunedNode_for_the_node_says_Conflict_and_gets_it_when_the_first_is_gone()
    {
        await using var testbed = await Testbed.CreateAsync(cluster);
        await cluster.Kubectl.RunAsync("wait", "--for=condition=Effective", $"tunednode/{testbed.Name}", "--timeout=60s");
        await cluster.Kubectl.ApplyAsync($$"""
            apiVersion: latlab.dev/v1alpha1
            kind: TunedNode
            metadata: { name: second }
            spec: { nodeName: {{cluster.Node}}, virtualWires: [{ name: third }] }
            """);
        try
        {
            await cluster.Kubectl.RunAsync("wait", "--for=condition=Conflict", "tunednode/second", "--timeout=60s");
            await cluster.Kubectl.RunAsync("delete", "tunednode", testbed.Name, "--timeout=60s");
            await cluster.Kubectl.RunAsync("wait", "--for=condition=Effective", "tunednode/second", "--timeout=60s");
            Assert.Contains("third-a", (await cluster.OnNodeAsync("ip", "-o", "link")).Output, StringComparison.Ordinal);
        }
        finally
        {
            await cluster.Kubectl.RunAsync("delete", "tunednode", "second", "--timeout=60s");
        }
    }
}
