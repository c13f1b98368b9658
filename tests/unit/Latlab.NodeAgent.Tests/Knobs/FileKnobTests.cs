using System.Runtime.CompilerServices;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Cli;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Knobs;

public sealed class FileKnobTests
{
    private const string Governor = "/sys/devices/system/cpu/cpufreq/policy*/scaling_governor";
    private const string CpuState = "/var/lib/kubelet/cpu_manager_state";

    private static readonly NodeTuningSpec Everything = new() { Cpu = Specs.EveryCpuKnob, Memory = Specs.EveryMemoryKnob with { HugePages = [] } };

    [Fact]
    public void Every_knob_is_written_as_the_kernel_wants_it_and_read_back()
    {
        using var tree = FakeTree.WithCpus();
        var outcome = tree.Tuner().Apply(Everything);
        Assert.True(outcome.IsWhole, string.Join('\n', outcome.Ledger.Where(entry => entry.State != KnobState.InEffect)));
        Assert.Equal(
            [
                ("cpu.boost", "0", "0"),
                ("cpu.energyPerformanceBias", "2-3=0", "0-1=6 2-3=0"),
                ("cpu.governor", "2=performance", "0=powersave 2=performance"),
                ("cpu.ignoreCorrectedErrors", "0-3=1", "0-3=1"),
                ("cpu.irqAffinity[default]", "0-1", "0-1"),
                ("cpu.irqAffinity[each]", "0,9,24=0-1", "0,9,24=0-1"),
                ("cpu.maxResumeLatency", "2-3=0us", "0-1=unlimited 2-3=0us"),
                ("cpu.smt", "off", "off"),
                ("cpu.workqueueAffinity", "0-1", "0-1"),
                ("memory.samePageMerging", "0", "0"),
                ("memory.transparentHugePageDefrag", "defer+madvise", "defer+madvise"),
                ("memory.transparentHugePages", "never", "never"),
            ],
            outcome.Ledger.Select(entry => (entry.Knob, entry.Requested, entry.Effective!)));
        Assert.Equal("3", tree.Text("/proc/irq/default_smp_affinity"));
        Assert.Equal("3", tree.Text("/sys/devices/virtual/workqueue/cpumask"));
        Assert.Equal("n/a", tree.Text("/sys/devices/system/cpu/cpu2/power/pm_qos_resume_latency_us"));
        Assert.Equal("0", tree.Text("/sys/devices/system/cpu/cpu1/power/pm_qos_resume_latency_us"));
    }

    [Fact]
    public void The_sample_of_a_tuned_node_is_one_that_can_be_carried_out()
    {
        var spec = TuningFile.TryRead(Sample(), out var problem);
        Assert.True(spec is not null, problem);
        using var tree = FakeTree.WithCpus().File("/sys/devices/system/cpu/online", "0-7");
        foreach (var sysctl in spec.Kernel!.Sysctls.Keys)
        {
            tree.Sysctl(sysctl, "1");
        }

        var outcome = tree.HugePages("2048kB", "0").Tuner().Apply(spec);
        Assert.True(outcome.IsWhole, string.Join('\n', outcome.Ledger.Where(entry => entry.State != KnobState.InEffect)));
    }

    [Fact]
    public void Restoring_puts_back_what_each_file_meant()
    {
        using var tree = FakeTree.WithCpus();
        tree.Tuner().Apply(Everything);
        Assert.True(tree.Tuner().Restore().IsWhole);
        Assert.Empty(tree.Journal().Entries);
        Assert.Equal("always", tree.Text("/sys/kernel/mm/transparent_hugepage/enabled"));
        Assert.Equal("madvise", tree.Text("/sys/kernel/mm/transparent_hugepage/defrag"));
        Assert.Equal("1", tree.Text("/sys/kernel/mm/ksm/run"));
        Assert.Equal("on", tree.Text("/sys/devices/system/cpu/smt/control"));
        Assert.Equal("f", tree.Text("/proc/irq/default_smp_affinity"));
        Assert.Equal("2", tree.Text("/proc/irq/24/smp_affinity_list"));
        Assert.Equal("0", tree.Text("/sys/devices/system/cpu/cpu2/power/pm_qos_resume_latency_us"));
        Assert.Equal("powersave", tree.Text(Governor.Replace('*', '2')));
    }

    [Fact]
    public void CPUs_that_leave_the_isolated_ones_get_back_what_they_had()
    {
        using var tree = FakeTree.WithCpus();
        var bias = new NodeTuningSpec { Cpu = new() { Isolated = "1-3", EnergyPerformanceBias = 0 } };
        tree.Tuner().Apply(bias);
        var entry = Assert.Single(tree.Tuner().Apply(bias with { Cpu = bias.Cpu! with { Isolated = "3" } }).Ledger);
        Assert.Equal((KnobState.InEffect, "0-2=6 3=0"), (entry.State, entry.Effective));
        tree.Tuner().Restore();
        Assert.Equal("6", tree.Text("/sys/devices/system/cpu/cpu3/power/energy_perf_bias"));
    }

    [Fact]
    public void Without_isolated_CPUs_a_knob_is_about_all()
    {
        using var tree = FakeTree.WithCpus();
        var entry = Assert.Single(tree.Tuner().Apply(new() { Cpu = new() { Governor = "performance" } }).Ledger);
        Assert.Equal((KnobState.InEffect, "0,2=performance"), (entry.State, entry.Effective));
    }

    [Fact]
    public void A_governor_that_the_driver_lacks_is_said_with_those_it_has()
    {
        using var tree = FakeTree.WithCpus();
        var host = new RefusingHost(tree.Host, "Invalid argument", path => path.EndsWith("scaling_governor", StringComparison.Ordinal));
        var entry = Assert.Single(tree.Tuner(host).Apply(new() { Cpu = new() { Governor = "schedutil" } }).Ledger);
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains("policy0/scaling_governor: the kernel refused \"schedutil\": Invalid argument", entry.Message, StringComparison.Ordinal);
        Assert.Contains("there are performance powersave", entry.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2-9", "no CPU 4-9 online")]
    [InlineData("0-3", "has CPU 0")]
    [InlineData("x", "not a list")]
    public void CPUs_that_cannot_be_isolated_are_refused_and_nothing_is_written(string isolated, string reason)
    {
        using var tree = FakeTree.WithCpus();
        var before = tree.Snapshot();
        var entry = Assert.Single(tree.Tuner().Apply(new() { Cpu = new() { Isolated = isolated, Governor = "performance" } }).Ledger);
        Assert.Equal(KnobState.Refused, entry.State);
        Assert.Contains(reason, entry.Message, StringComparison.Ordinal);
        Assert.Equal(before, tree.Snapshot());
    }

    [Fact]
    public void A_node_without_the_files_says_which_are_missing()
    {
        using var tree = FakeTree.Usual();
        var outcome = tree.Tuner().Apply(Everything);
        Assert.All(outcome.Ledger, entry => Assert.Equal(KnobState.Unsupported, entry.State));
        Assert.All(outcome.Ledger, entry => Assert.Contains("this node has no /", entry.Message, StringComparison.Ordinal));
        Assert.Contains(outcome.Ledger, entry => entry is { Knob: "cpu.governor", Requested: "performance" });
    }

    [Theory]
    [InlineData("intel_pstate", "active", PerformanceDriver.Passive, "passive")]
    [InlineData("amd_pstate", "passive", PerformanceDriver.Guided, "guided")]
    public void The_processors_frequency_driver_is_switched_and_switched_back(string driver, string prior, PerformanceDriver wished, string value)
    {
        var file = $"/sys/devices/system/cpu/{driver}/status";
        using var tree = FakeTree.Usual().File(file, prior);
        var entry = Assert.Single(tree.Tuner().Apply(new() { Cpu = new() { PerformanceDriver = wished } }).Ledger);
        Assert.Equal((KnobState.InEffect, value, file), (entry.State, entry.Effective, entry.Evidence));
        tree.Tuner().Restore();
        Assert.Equal(prior, tree.Text(file));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("powersave", 60)]
    public void A_switched_driver_loses_no_governor_and_no_percentage(string? governor, int? highest)
    {
        using var tree = PstateHost.Tree();
        var before = tree.Snapshot();
        var spec = new NodeTuningSpec { Cpu = new() { PerformanceDriver = PerformanceDriver.Active, Governor = governor, MaxPerformancePercent = highest } };
        var outcome = tree.Tuner(new PstateHost(tree.Host)).Apply(spec);
        Assert.True(outcome.IsWhole, string.Join('\n', outcome.Ledger));
        Assert.Equal($"{highest ?? 70}", tree.Text(PstateHost.Highest));
        // The driver leaves the spec, and the governor stays.
        outcome = tree.Tuner(new PstateHost(tree.Host)).Apply(new() { Cpu = spec.Cpu! with { PerformanceDriver = null } });
        Assert.Equal((true, 0), (outcome.IsWhole, outcome.Journal.Drifts));
        Assert.Equal("passive", tree.Text(PstateHost.Status));
        Assert.True(tree.Tuner(new PstateHost(tree.Host)).Apply(spec).IsWhole);
        Assert.True(tree.Tuner(new PstateHost(tree.Host)).Restore().IsWhole);
        Assert.Equal(before, tree.Snapshot());
    }

    [Fact]
    public void What_a_spec_does_not_name_is_left_to_others()
    {
        string[] policies = ["/sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "/sys/devices/system/cpu/cpufreq/policy2/scaling_governor"];
        using var tree = FakeTree.WithCpus();
        var spec = new NodeTuningSpec { Cpu = new() { Isolated = "2-3", Governor = "performance" } };
        Assert.True(tree.Tuner().Apply(spec).IsWhole);
        tree.File(policies[0], "ondemand");
        var outcome = tree.Tuner().Apply(spec);
        Assert.Equal((true, 0, "ondemand"), (outcome.IsWhole, outcome.Journal.Drifts, tree.Text(policies[0])));
        tree.File(policies[1], "powersave");
        tree.Tuner().Apply(spec);
        Assert.Equal(("ondemand", "performance"), (tree.Text(policies[0]), tree.Text(policies[1])));
        // Named now, and no more then: it gets back what it had when we first changed it, once.
        tree.Tuner().Apply(new() { Cpu = spec.Cpu! with { Isolated = "1-3" } });
        Assert.Equal("performance", tree.Text(policies[0]));
        tree.Tuner().Apply(spec);
        Assert.Equal("ondemand", tree.Text(policies[0]));
        tree.File(policies[0], "schedutil");
        Assert.True(tree.Tuner().Apply(spec).IsWhole);
        Assert.True(tree.Tuner().Restore().IsWhole);
        Assert.Equal(("schedutil", "powersave"), (tree.Text(policies[0]), tree.Text(policies[1])));
    }

    [Fact]
    public void The_lowest_performance_is_raised_after_the_highest_and_lowered_before_it()
    {
        const string intel = "/sys/devices/system/cpu/intel_pstate";
        using var tree = FakeTree.Usual().File($"{intel}/min_perf_pct", "10").File($"{intel}/max_perf_pct", "50");
        var host = new RecordingHost(tree.Host);
        tree.Tuner(host).Apply(new() { Cpu = new() { MinPerformancePercent = 80, MaxPerformancePercent = 80 } });
        Assert.True(tree.Tuner(host).Restore().IsWhole);
        Assert.Equal(
            [$"write {intel}/max_perf_pct 80", $"write {intel}/min_perf_pct 80", $"write {intel}/min_perf_pct 10", $"write {intel}/max_perf_pct 50"],
            host.Done.Where(done => done.StartsWith("write", StringComparison.Ordinal)));
    }

    [Fact]
    public void Turbo_of_Intels_driver_is_told_the_other_way_round()
    {
        using var tree = FakeTree.Usual().File("/sys/devices/system/cpu/intel_pstate/no_turbo", "0");
        var entry = Assert.Single(tree.Tuner().Apply(new() { Cpu = new() { Boost = false } }).Ledger);
        Assert.Equal((KnobState.InEffect, "0", "/sys/devices/system/cpu/intel_pstate/no_turbo"), (entry.State, entry.Effective, entry.Evidence));
        Assert.Equal("1", tree.Text("/sys/devices/system/cpu/intel_pstate/no_turbo"));
    }

    [Fact]
    public void Threads_stay_where_kubelet_runs_and_its_CPU_manager_is_not_known()
    {
        using var tree = FakeTree.WithCpus().File("/proc/1234/comm", "kubelet");
        var entry = Assert.Single(tree.Tuner().Apply(new() { Cpu = new() { Smt = SmtControl.Off } }).Ledger);
        Assert.Equal(KnobState.Refused, entry.State);
        Assert.Equal("on", tree.Text("/sys/devices/system/cpu/smt/control"));
    }

    [Theory]
    // E.g. of kubelite, as an agent in a pod sees it.
    [InlineData(null, KnobState.Refused)]
    [InlineData("none", KnobState.InEffect)]
    public void A_kubelet_without_a_process_of_its_own_counts_on_the_nodes_of_a_cluster(string? policy, KnobState state)
    {
        using var tree = FakeTree.WithCpus().File("/proc/1234/comm", "kubelite");
        _ = policy is null ? tree : tree.File(CpuState, Policy(policy));
        Assert.Equal(state, Assert.Single(tree.Tuner(new NodeHost(tree.Host)).Apply(new() { Cpu = new() { Smt = SmtControl.Off } }).Ledger).State);
    }

    [Theory]
    [InlineData("on", "static", KnobState.Refused)]
    [InlineData("on", "none", KnobState.InEffect)]
    [InlineData("forceoff", "static", KnobState.InEffect)]
    [InlineData("notsupported", "static", KnobState.InEffect)]
    public void Threads_stay_where_kubelets_static_CPU_manager_counts_on_them(string control, string policy, KnobState state)
    {
        using var tree = FakeTree.WithCpus()
            .File("/sys/devices/system/cpu/smt/control", control)
            .File(CpuState, Policy(policy));
        Assert.Equal(state, Assert.Single(tree.Tuner().Apply(new() { Cpu = new() { Smt = SmtControl.Off } }).Ledger).State);
    }

    [Fact]
    public void Threads_that_are_off_stay_so_where_kubelets_CPU_manager_became_static_since()
    {
        const string Control = "/sys/devices/system/cpu/smt/control";
        using var tree = FakeTree.WithCpus().File(CpuState, Policy("none"));
        Assert.True(tree.Tuner().Apply(new() { Cpu = new() { Smt = SmtControl.Off } }).IsWhole);
        tree.File(CpuState, Policy("static"));
        Assert.True(tree.Tuner().Apply(new() { Cpu = new() { Smt = SmtControl.Off } }).IsWhole);
        Assert.Equal(KnobState.Refused, Assert.Single(tree.Tuner().Apply(new() { Cpu = new() { Smt = SmtControl.On } }).Ledger).State);
        var outcome = tree.Tuner().Restore();
        Assert.False(outcome.IsWhole);
        Assert.Contains("a reboot has them on again", outcome.Ledger[0].Message, StringComparison.Ordinal);
        Assert.Equal("off", tree.Text(Control));
        Assert.True(tree.Boot(FakeTree.SecondBoot).File(Control, "on").Tuner().Restore().IsWhole);
    }

    private static string Policy(string name) => $$"""{"policyName":"{{name}}","defaultCpuSet":"0-3"}""";

    private static string Sample([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../../config/samples/low-latency-node.yaml"));
}
