using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Knobs;

/// <summary>What the kernel itself says of an argument: in its log, and by handing on to the first program what it does not know.</summary>
public sealed class KernelWordsTests
{
    private const string Log = "/dev/kmsg";
    private const string Environment = "/proc/1/environ";
    private const string Isolated = "/sys/devices/system/cpu/isolated";
    private const string NoHz = "/sys/devices/system/cpu/nohz_full";

    [Theory]
    // A distribution's own, and a typo.
    [InlineData("kthread_cpus=0-1", Log)]
    [InlineData("nohzfull=2-5", Log)]
    [InlineData("kthread_cpus=0-1", Environment)]
    [InlineData("nosoftlockups", "/proc/1/cmdline")]
    public void What_the_kernel_handed_on_as_unknown_is_not_supported(string argument, string file)
    {
        using var tree = Tree(argument, file);
        var entry = Entry(tree, argument);
        Assert.Equal((KnobState.Unsupported, file, true), (entry.State, entry.Evidence, entry.PresentInThisBoot));
        Assert.Contains("check how it is spelled", entry.Message, StringComparison.Ordinal);
        Assert.Contains(argument, entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_line_of_the_first_kernels_that_had_one_is_understood()
    {
        using var tree = new FakeTree().File("/proc/cmdline", "kthread_cpus=0-1").File(Log, "5,2,0,-;Unknown command line parameters: splash kthread_cpus=0-1");
        Assert.Equal((KnobState.Unsupported, Log), (Entry(tree, "kthread_cpus=0-1").State, Entry(tree, "kthread_cpus=0-1").Evidence));
    }

    [Fact]
    public void Its_line_of_the_log_is_told()
    {
        using var tree = Tree("kthread_cpus=0-1", Log);
        Assert.Contains("/dev/kmsg has Unknown kernel command line parameters \"… kthread_cpus=0-1 …\"", Entry(tree, "kthread_cpus=0-1").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("skew_tick=1", Log)]
    [InlineData("skew_tick=1", Environment)]
    public void What_is_handed_on_with_another_value_or_name_is_not_meant(string argument, string file)
    {
        using var tree = Tree("skew_tick=12 xskew_tick=1 skew_tick", file).File("/proc/cmdline", argument);
        Assert.Equal(KnobState.InEffect, Entry(tree, argument).State);
    }

    [Theory]
    // Handlers of old kernels handed on what they took.
    [InlineData("intel_iommu=on", "/sys/kernel/iommu_groups/0/type", "DMA", KnobState.InEffect)]
    // There is nothing to switch off.
    [InlineData("psi=0", "/proc/version", "", KnobState.InEffect)]
    [InlineData("audit=0", "/proc/version", "", KnobState.InEffect)]
    // Known, and not with that value.
    [InlineData("transparent_hugepage=newer", "/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never", KnobState.Unsupported)]
    [InlineData("transparent_hugepage=madvise", "/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never", KnobState.Failed)]
    public void What_the_kernel_shows_counts_more_than_what_it_handed_on(string argument, string file, string text, KnobState state)
    {
        using var tree = Tree(argument, Log).File(file, text);
        Assert.Equal(state, Entry(tree, argument).State);
    }

    [Fact]
    public void A_kernel_without_CPUs_without_a_tick_says_so_in_its_log()
    {
        const string line = "Housekeeping: nohz unsupported. Build with CONFIG_NO_HZ_FULL";
        using var tree = new FakeTree().File("/proc/cmdline", "nohz_full=2-3").File(NoHz, "").File(Log, $"4,1,0,-;{line}");
        var entry = Entry(tree, "nohz_full=2-3");
        Assert.Equal((KnobState.Unsupported, Log), (entry.State, entry.Evidence));
        Assert.Contains($"/dev/kmsg has \"{line}\"", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_refused_by_a_kernel_that_has_it_failed_with_the_kernels_reason()
    {
        const string line = "Housekeeping: nohz_full= must match isolcpus=";
        using var tree = Tree("nohz_full=2-3", Log, $"4,1,0,-;{line}").File(NoHz, "").File("/boot/config-6.1.0-test", "CONFIG_NO_HZ_FULL=y");
        var entry = Entry(tree, "nohz_full=2-3");
        Assert.Equal((KnobState.Failed, NoHz), (entry.State, entry.Evidence));
        Assert.Contains(line, entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_managed_interrupts_alone_the_kernels_words_are_the_only_proof()
    {
        const string argument = "isolcpus=managed_irq,2-3";
        using var tree = Tree(argument, Environment).File(Isolated, "").File("/boot/config-6.1.0-test", "CONFIG_CPU_ISOLATION=y");
        Assert.Equal((KnobState.Failed, Environment), (Entry(tree, argument).State, Entry(tree, argument).Evidence));
    }

    [Fact]
    public void Where_its_words_are_not_to_be_seen_an_argument_that_nobody_knows_is_said_to_be_so()
    {
        using var tree = new FakeTree().File("/proc/cmdline", "nohzfull=2-5");
        var entry = Entry(tree, "nohzfull=2-5");
        Assert.Equal((KnobState.InEffect, "/proc/cmdline"), (entry.State, entry.Evidence));
        Assert.Contains("could not be seen", entry.Message, StringComparison.Ordinal);
        tree.File(Environment, "HOME=/\0TERM=linux");
        Assert.Null(Entry(tree, "nohzfull=2-5").Message);
    }

    [Theory]
    [InlineData("5.10.0-test", true)]
    [InlineData("6.1.0-test", false)]
    public void A_log_without_such_a_line_says_that_all_is_known_when_the_kernel_would_have_one(string release, bool hedged)
    {
        using var tree = new FakeTree().File("/proc/cmdline", "nohzfull=2-5").File("/proc/sys/kernel/osrelease", release).File(Log, "6,1,0,-;Kernel command line: nohzfull=2-5");
        Assert.Equal(hedged, Entry(tree, "nohzfull=2-5").Message is not null);
    }

    [Fact]
    public void Nothing_of_it_is_written_anew_so_no_node_reboots_for_ever()
    {
        using var tree = GrubHost.Tree();
        var host = new GrubHost(tree);
        var spec = new NodeTuningSpec { Boot = new(), Kernel = new() { Arguments = ["kthread_cpus=0-1"] } };
        tree.Tuner(host).Apply(spec);
        GrubHost.Reboot(tree);
        tree.File(Environment, "HOME=/\0kthread_cpus=0-1");
        var outcome = tree.Tuner(host).Apply(spec);
        Assert.Equal(["InEffect", "Unsupported"], outcome.Ledger.Select(entry => $"{entry.State}"));
        Assert.False(outcome.RebootPending);
        Assert.Equal("kthread_cpus=0-1", outcome.Ledger[1].Configured);
    }

    [Fact]
    public void The_log_is_read_up_to_the_first_program()
    {
        using var tree = new FakeTree().File(Log, string.Join('\n', Enumerable.Range(0, 2000).Select(i => $"6,{i},0,-;line {i}")));
        Assert.EndsWith("line 1999", tree.Host.ReadLog(Log).Text, StringComparison.Ordinal);
        tree.File(Log, "30,7,0,-;systemd: hello");
        Assert.Equal("", tree.Host.ReadLog(Log).Text);
        Assert.True(tree.Host.ReadLog("/dev/none").IsMissing);
    }

    [Fact]
    public void This_machines_own_log_is_read_without_waiting_for_more()
    {
        var read = new HostRoot("/").ReadLog(Log);
        Assert.Equal(!File.Exists(Log), read.IsMissing);
    }

    private static FakeTree Tree(string handedOn, string file, params string[] log)
    {
        var tree = new FakeTree().File("/proc/cmdline", $"quiet {handedOn}");
        return file switch
        {
            Log => tree.File(Log, string.Join('\n',
            [
                "5,0,0,-;Linux version 6.1.0-test", "6,1,0,-;Kernel command line: x", .. log,
                $"5,2,0,-;Unknown kernel command line parameters \"splash BOOT_IMAGE=/boot/x {handedOn}\", will be passed to user space.",
            ])),
            Environment => tree.File(Environment, $"HOME=/\0TERM=linux\0PATH=/bin kthread_cpus\0{handedOn.Replace(' ', '\0')}"),
            _ => tree.File(file, $"/sbin/init\0{handedOn.Replace(' ', '\0')}"),
        };
    }

    private static LedgerEntry Entry(FakeTree tree, string argument) =>
        Assert.Single(tree.Tuner().Apply(new() { Kernel = new() { Arguments = [argument] } }).Ledger);
}
