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

    [Fact]
    public void A_sysctl_that_the_kernel_lacks_is_unsupported()
    {
        using var tree = FakeTree.Usual();
        var entry = Assert.Single(tree.Tuner().Apply(Specs.Sysctl("kernel.numa_balancing", "0")).Ledger);
        Assert.Equal(KnobState.Unsupported, entry.State);
        Assert.Contains("/proc/sys/kernel/numa_balancing", entry.Message, StringComparison.Ordinal);
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
    [InlineData("kernel.core_pattern")]
    [InlineData("kernel.core_pipe_limit")]
    [InlineData("kernel.modprobe")]
    [InlineData("kernel.hotplug")]
    [InlineData("kernel.poweroff_cmd")]
    [InlineData("kernel.sysrq")]
    [InlineData("kernel.panic")]
    [InlineData("kernel.panic_on_oops")]
    [InlineData("kernel.hung_task_panic")]
    [InlineData("kernel.softlockup_panic")]
    [InlineData("kernel.usermodehelper.bset")]
    [InlineData("kernel.modules_disabled")]
    [InlineData("kernel.kexec_load_disabled")]
    [InlineData("fs.binfmt_misc.register")]
    [InlineData("vm.panic_on_oom")]
    [InlineData("vm.drop_caches")]
    [InlineData("vm.nr_hugepages")]
    [InlineData("vm.nr_hugepages_mempolicy")]
    public void A_dangerous_sysctl_is_refused_and_never_written(string name)
    {
        using var tree = FakeTree.Usual().Sysctl(name, "before");
        var entry = Assert.Single(tree.Tuner().Apply(Specs.Sysctl(name, "1")).Ledger);
        Assert.Equal(KnobState.Refused, entry.State);
        Assert.False(string.IsNullOrEmpty(entry.Message));
        Assert.Equal("before", tree.SysctlText(name));
    }

    [Theory]
    [InlineData("kernel.hung_task_timeout_secs")]
    [InlineData("kernel.sched_rt_runtime_us")]
    [InlineData("vm.nr_overcommit_hugepages")]
    [InlineData("kernel.watchdog")]
    public void A_latency_sysctl_is_not_refused(string name)
    {
        using var tree = FakeTree.Usual().Sysctl(name, "5");
        Assert.Equal(KnobState.InEffect, tree.Tuner().Apply(Specs.Sysctl(name, "6")).Ledger[0].State);
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
    [InlineData("10\0")]
    [InlineData("zehn µs")]
    public void A_value_that_no_sysctl_takes_is_refused(string value)
    {
        using var tree = FakeTree.Usual();
        Assert.Equal(KnobState.Refused, tree.Tuner().Apply(Specs.Sysctl("vm.stat_interval", value)).Ledger[0].State);
        Assert.Equal("1", tree.SysctlText("vm.stat_interval"));
    }

    [Fact]
    public void A_value_without_bound_is_refused() =>
        Assert.Contains("2000 characters", Refusal(new string('1', 2000)), StringComparison.Ordinal);

    private static string Refusal(string value)
    {
        using var tree = FakeTree.Usual();
        return tree.Tuner().Verify(Specs.Sysctl("vm.stat_interval", value)).Ledger[0].Message!;
    }
}
