using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Knobs;

public sealed class SysctlKnobTests
{
    [Fact]
    public void A_sysctl_is_written_and_read_back()
    {
        using var tree = FakeTree.Usual();
        var entry = Assert.Single(tree.Tuner().Apply(Specs.Sysctl("vm.stat_interval", "10")).Ledger);
        Assert.Equal("10", tree.SysctlText("vm.stat_interval"));
        Assert.Equal(
            new LedgerEntry
            {
                Knob = "kernel.sysctls[vm.stat_interval]",
                Requested = "10",
                Configured = "10",
                ConfiguredIn = "/proc/sys/vm/stat_interval",
                PresentInThisBoot = true,
                Effective = "10",
                Evidence = "/proc/sys/vm/stat_interval",
                State = KnobState.InEffect,
                Drifts = 0,
            },
            entry);
    }

    [Fact]
    public void Blanks_and_tabs_between_values_are_the_same()
    {
        using var tree = FakeTree.Usual();
        var host = new RecordingHost(tree.Host);
        var outcome = tree.Tuner(host).Apply(Specs.Sysctl("net.ipv4.tcp_rmem", "4096  131072 6291456"));
        Assert.Equal(KnobState.InEffect, outcome.Ledger[0].State);
        Assert.DoesNotContain(host.Done, done => done.StartsWith("write", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-1", "50000000", true)]
    [InlineData("-1", "0", false)]
    [InlineData("950000", "50000000", false)]
    public void What_takes_time_from_real_time_threads_though_that_is_unlimited_is_said(string value, string runtime, bool isSaid)
    {
        using var tree = FakeTree.Usual().Sysctl("kernel.sched_rt_runtime_us", "950000")
            .File("/sys/kernel/debug/sched/fair_server/cpu0/runtime", "0")
            .File("/sys/kernel/debug/sched/fair_server/cpu1/runtime", runtime);
        var entry = Assert.Single(tree.Tuner().Apply(Specs.Sysctl("kernel.sched_rt_runtime_us", value)).Ledger);
        Assert.Equal((KnobState.InEffect, isSaid), (entry.State, entry.Message?.Contains("fair_server/cpu1/runtime is 50000000 ns", StringComparison.Ordinal) == true));
    }

    [Fact]
    public void A_kernel_without_NUMA_balancing_balances_nothing()
    {
        using var tree = FakeTree.Usual();
        var entry = Assert.Single(tree.Tuner().Apply(Specs.Sysctl("kernel.numa_balancing", "0")).Ledger);
        Assert.Equal((KnobState.InEffect, "0"), (entry.State, entry.Effective));
        Assert.Contains("has no /proc/sys/kernel/numa_balancing", entry.Message, StringComparison.Ordinal);
        Assert.True(tree.Tuner().Restore().IsWhole);
        Assert.Equal(KnobState.Failed, Assert.Single(tree.Tuner().Apply(Specs.Sysctl("kernel.numa_balancing", "1")).Ledger).State);
    }

    [Fact]
    public void A_value_that_is_too_long_for_a_status_is_cut_and_still_told_from_another()
    {
        using var tree = FakeTree.Usual();
        var cut = "12".Select(last =>
        {
            tree.Sysctl("net.ipv4.tcp_rmem", string.Concat(Enumerable.Repeat("1 ", 5_000)) + last);
            return Assert.Single(tree.Tuner().Verify(Specs.Sysctl("net.ipv4.tcp_rmem", "4096 8192 16384")).Ledger);
        }).ToList();
        Assert.All(cut, entry => Assert.InRange(entry.Effective!.Length, 4_000, 4_100));
        Assert.All(cut, entry => Assert.InRange(entry.Message!.Length, 2_000, 2_100));
        Assert.NotEqual(cut[0].Effective, cut[1].Effective);
    }

    [Fact]
    public void A_sysctl_that_the_kernel_lacks_is_unsupported()
    {
        using var tree = FakeTree.Usual();
        var entry = Assert.Single(tree.Tuner().Apply(Specs.Sysctl("kernel.timer_migration", "0")).Ledger);
        Assert.Equal(KnobState.Unsupported, entry.State);
        Assert.Contains("/proc/sys/kernel/timer_migration", entry.Message, StringComparison.Ordinal);
        Assert.Null(entry.Configured);
    }

    [Fact]
    public void The_kernels_word_is_kept_when_it_refuses_a_value()
    {
        using var tree = FakeTree.Usual();
        var host = new RefusingHost(tree.Host, "Invalid argument", path => path.EndsWith("stat_interval", StringComparison.Ordinal));
        var entry = Assert.Single(tree.Tuner(host).Apply(Specs.Sysctl("vm.stat_interval", "ten")).Ledger);
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains("\"ten\": Invalid argument", entry.Message, StringComparison.Ordinal);
        Assert.Equal("1", entry.Effective);
    }

    [Fact]
    public void A_real_kernels_word_is_kept_when_it_refuses_a_value()
    {
        // stat_interval takes no text: the value cannot change, whatever happens.
        var problem = new NodeAgent.Host.HostRoot("/").WriteAttribute("/proc/sys/vm/stat_interval", "not a number");
        Assert.Equal("Invalid argument", problem);
    }

    [Theory]
    [InlineData("kernel.core_pattern", "makes the kernel run a program")]
    [InlineData("kernel.sysrq", "decides when the kernel stops the node")]
    [InlineData("vm.nr_hugepages", "write it there, by size and NUMA node")]
    [InlineData("vm.dirty_bytes", "use vm.dirty_ratio")]
    [InlineData("kernel.sem", "IPC namespace")]
    [InlineData("net.ipv4.ip_forward", "is not among the sysctls that latlab sets; write one of kernel.hung_task_timeout_secs, ")]
    [InlineData("net.ipv4.conf.eth0.rp_filter", "is not among the sysctls that latlab sets")]
    public void A_sysctl_outside_the_list_is_refused_and_never_written(string name, string reason)
    {
        using var tree = FakeTree.Usual().Sysctl(name, "before");
        var entry = Assert.Single(tree.Tuner().Apply(Specs.Sysctl(name, "1")).Ledger);
        Assert.Equal(KnobState.Refused, entry.State);
        Assert.Contains(reason, entry.Message, StringComparison.Ordinal);
        Assert.Equal("before", tree.SysctlText(name));
    }

    [Fact]
    public void A_sysctl_that_left_the_list_since_it_was_set_is_still_put_back()
    {
        using var tree = FakeTree.Usual().Sysctl("vm.max_map_count", "9");
        tree.Host.ReplaceDurably(NodeAgent.Journal.JournalFile.DefaultPath, $$"""
            {"schema":1,"drifts":0,"entries":[
            {"knob":"kernel.sysctls[vm.max_map_count]","prior":"5","bootId":"{{FakeTree.FirstBoot}}","written":"9","drifts":0}]}
            """);
        Assert.True(tree.Tuner().Restore().IsWhole);
        Assert.Equal("5", tree.SysctlText("vm.max_map_count"));
    }

    [Theory]
    [InlineData("vm.dirty_ratio", "vm.dirty_bytes")]
    [InlineData("vm.dirty_background_ratio", "vm.dirty_background_bytes")]
    public void A_ratio_is_not_written_while_its_other_unit_is_in_force(string ratio, string bytes)
    {
        using var tree = FakeTree.Usual().Sysctl(ratio, "0").Sysctl(bytes, "1048576");
        var entry = Assert.Single(tree.Tuner().Apply(Specs.Sysctl(ratio, "5")).Ledger);
        Assert.Equal(KnobState.Refused, entry.State);
        Assert.Contains(bytes, entry.Message, StringComparison.Ordinal);
        Assert.Equal("0", tree.SysctlText(ratio));
        tree.Sysctl(bytes, "0").Sysctl(ratio, "20");
        Assert.True(tree.Tuner().Apply(Specs.Sysctl(ratio, "5")).IsWhole);
        tree.Tuner().Restore();
        Assert.Equal("20", tree.SysctlText(ratio));
    }

    [Theory]
    [InlineData("kernel.watchdog_cpumask", "0,1,2", "0-2")]
    [InlineData("kernel.watchdog_cpumask", "0-1,5", "0,1,5-5")]
    [InlineData("net.core.rps_default_mask", "3", "00000000,00000003")]
    [InlineData("net.core.flow_limit_cpu_bitmap", "1,00000000", "00000001,00000000")]
    public void Cpus_are_compared_as_sets(string name, string wished, string shown)
    {
        using var tree = FakeTree.Usual().Sysctl(name, shown);
        Assert.Equal(KnobState.InEffect, Assert.Single(tree.Tuner().Verify(Specs.Sysctl(name, wished)).Ledger).State);
    }

    [Theory]
    [InlineData("kernel.watchdog_cpumask", "0-2", "0-3")]
    [InlineData("kernel.watchdog_cpumask", "x", "0-3")]
    [InlineData("net.core.rps_default_mask", "10", "01")]
    public void Other_cpus_are_not_the_same(string name, string wished, string shown)
    {
        using var tree = FakeTree.Usual().Sysctl(name, shown);
        Assert.Equal(KnobState.Failed, Assert.Single(tree.Tuner().Verify(Specs.Sysctl(name, wished)).Ledger).State);
    }

    [Theory]
    [InlineData("kernel.numa_balancing", "the capability SYS_ADMIN")]
    [InlineData("net.core.busy_poll", "the capability NET_ADMIN")]
    public void A_missing_capability_is_named_and_where_to_add_it(string name, string capability)
    {
        using var tree = FakeTree.Usual().Sysctl(name, "1");
        var host = new RefusingHost(tree.Host, "Operation not permitted", _ => true);
        var entry = Assert.Single(tree.Tuner(host).Apply(Specs.Sysctl(name, "0")).Ledger);
        Assert.Contains("Operation not permitted", entry.Message, StringComparison.Ordinal);
        Assert.Contains(capability, entry.Message, StringComparison.Ordinal);
        Assert.Contains("agent.capabilities", entry.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vm...secret")]
    [InlineData("vm./../../secret")]
    [InlineData("vm.a/../../../secret")]
    [InlineData("vm")]
    [InlineData("dev.cdrom.debug")]
    [InlineData("")]
    [InlineData("vm.stat_interval\n")]
    [InlineData("vm.stat_interval ")]
    [InlineData("/etc/passwd")]
    public void A_name_that_is_no_sysctl_is_refused(string name)
    {
        using var tree = FakeTree.Usual().File("/secret", "kept");
        var before = tree.Snapshot();
        Assert.Equal(KnobState.Refused, Assert.Single(tree.Tuner().Apply(Specs.Sysctl(name, "1")).Ledger).State);
        Assert.Equal(before, tree.Snapshot());
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("10\n20")]
    [InlineData("10\t20")]
    [InlineData(" 10")]
    [InlineData("10\0")]
    [InlineData("zehn µs")]
    public void A_value_that_no_sysctl_takes_is_refused(string value)
    {
        using var tree = FakeTree.Usual();
        Assert.Equal(KnobState.Refused, tree.Tuner().Apply(Specs.Sysctl("vm.stat_interval", value)).Ledger[0].State);
        Assert.Equal("1", tree.SysctlText("vm.stat_interval"));
    }
}
