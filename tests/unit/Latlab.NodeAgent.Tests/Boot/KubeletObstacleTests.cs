using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Planning;
using Latlab.NodeAgent.Tests.Fakes;
using Latlab.NodeAgent.Tests.Kubelet;

namespace Latlab.NodeAgent.Tests.Boot;

/// <summary>
/// Boot arguments on nodes whose kubelet compares what it kept of the node when it starts, and ends where that differs: such a node would
/// be lost by the reboot.
/// </summary>
public sealed class KubeletObstacleTests
{
    private const string Control = "/sys/devices/system/cpu/smt/control";
    private const string CpuFile = "/var/lib/kubelet/cpu_manager_state";
    private const string MemoryFile = "/var/lib/kubelet/memory_manager_state";
    private const string TemporaryFiles = "/etc/tmpfiles.d/kubelet-state.conf";
    private const string Pool = "hugepagesz=1G hugepages=2";
    private const string Static = """{"policyName":"static","defaultCpuSet":"0-3","checksum":1}""";
    private const string None = """{"policyName":"none","defaultCpuSet":"","checksum":1}""";

    [Theory]
    [InlineData("nosmt")]
    [InlineData("nosmt=force")]
    [InlineData("mitigations=auto,nosmt")]
    [InlineData("l1tf=full")]
    [InlineData(Pool)]
    [InlineData("hugepagesz=1G hugepages=0:2")]
    [InlineData("hugepagesz=1024M hugepages=1")]
    [InlineData("numa=off")]
    public void What_kubelet_would_not_start_with_is_refused_and_not_written(string argument)
    {
        using var tree = Tree(Static, Memory(gibi: 0));
        var outcome = tree.Tuner(new GrubHost(tree)).Apply(Spec(argument, "skew_tick=1"));
        var refused = Assert.Single(outcome.Ledger, entry => entry.State == KnobState.Refused);
        Assert.Equal(argument, refused.Requested);
        Assert.Contains("after the reboot it would not start", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"\"r! {(argument.StartsWith("huge", StringComparison.Ordinal) || argument == "numa=off" ? MemoryFile : CpuFile)}\"", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("quiet skew_tick=1", GrubHost.Line(tree), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nosmt", None, null, "on")]
    [InlineData("nosmt", null, null, "on")]
    [InlineData("nosmt", Static, null, "notsupported")]
    [InlineData("nosmt", Static, null, "forceoff")]
    [InlineData("mitigations=auto", Static, null, "on")]
    [InlineData("nosmt", Static, "r! " + CpuFile, "on")]
    [InlineData("nosmt", Static, "R " + CpuFile + " - - - -", "on")]
    [InlineData(Pool, Static, "r! " + MemoryFile, "on")]
    public void What_it_starts_with_is_written(string argument, string? cpus, string? temporary, string control)
    {
        using var tree = Tree(cpus, argument == Pool ? Memory(gibi: 0) : null).File(Control, control).File(TemporaryFiles, temporary ?? "#");
        Assert.DoesNotContain(tree.Tuner(new GrubHost(tree)).Apply(Spec(argument)).Ledger, entry => entry.State == KnobState.Refused);
    }

    [Fact]
    public void Pages_that_kubelet_has_are_no_change()
    {
        using var tree = Tree(null, Memory(gibi: 2));
        Assert.DoesNotContain(tree.Tuner(new GrubHost(tree)).Apply(Spec(Pool)).Ledger, entry => entry.State == KnobState.Refused);
        using var other = Tree(null, Memory(gibi: 0).Replace("Static", "None", StringComparison.Ordinal));
        Assert.DoesNotContain(other.Tuner(new GrubHost(other)).Apply(Spec(Pool)).Ledger, entry => entry.State == KnobState.Refused);
    }

    [Fact]
    public void A_file_of_the_same_name_goes_over_the_one_that_would_remove_the_state()
    {
        using var tree = Tree(Static, null).File("/usr/lib/tmpfiles.d/kubelet.conf", $"r! {CpuFile}").File("/etc/tmpfiles.d/kubelet.conf", "# nothing");
        Assert.Contains(tree.Tuner(new GrubHost(tree)).Apply(Spec("nosmt")).Ledger, entry => entry.State == KnobState.Refused);
    }

    [Fact]
    public void A_kubelet_whose_policy_cannot_be_seen_counts_where_latlab_writes()
    {
        using var tree = Tree(null, null).WithKubelet(null, "--config=/unseen.yaml");
        Assert.Equal(KnobState.Refused, Of(tree.Tuner(new GrubHost(tree)).Apply(Spec("nosmt")), "kernel.arguments[nosmt]").State);
        Assert.Equal(KnobState.RebootRequired, Of(tree.Tuner(new GrubHost(tree)).Apply(Spec("nosmt") with { Boot = null }), "kernel.arguments[nosmt]").State);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(None, false)]
    public void So_does_one_that_has_no_process_of_its_own(string? cpus, bool refused)
    {
        using var tree = Tree(cpus, null).File("/proc/1234/comm", "kubelite");
        var outcome = tree.Tuner(new NodeHost(new GrubHost(tree))).Apply(Spec("nosmt"));
        Assert.Equal(refused, Of(outcome, "kernel.arguments[nosmt]").State == KnobState.Refused);
        Assert.Equal(!refused, GrubHost.Line(tree).Contains("nosmt", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nosmt", "more CPUs are there after a reboot")]
    [InlineData(Pool, "the memory is not the same after a reboot")]
    public void What_the_running_kernel_has_stays_until_kubelet_can_do_without(string argument, string said)
    {
        using var tree = Booted(argument, out var host);
        var line = GrubHost.Line(tree);
        // Taken out of the spec.
        var outcome = tree.Tuner(host).Apply(Spec("skew_tick=1"));
        Assert.Equal(KnobState.Refused, Of(outcome, "boot").State);
        Assert.Contains(said, Of(outcome, "boot").Message!, StringComparison.Ordinal);
        Assert.False(outcome.RebootPending);
        // Deleted as a whole.
        outcome = tree.Tuner(host).Restore();
        Assert.False(outcome.IsWhole);
        Assert.Contains(said, Of(outcome, "boot").Message!, StringComparison.Ordinal);
        Assert.Equal(line, GrubHost.Line(tree));
        // Wished as it is.
        Assert.Equal(KnobState.InEffect, Of(tree.Tuner(host).Apply(Spec(argument, "skew_tick=1")), "boot").State);

        tree.File(TemporaryFiles, $"r! {CpuFile}\nr! {MemoryFile}");
        outcome = tree.Tuner(host).Restore();
        Assert.True(outcome.IsWhole && outcome.RebootPending);
        Assert.DoesNotContain(argument, GrubHost.Line(tree), StringComparison.Ordinal);
    }

    [Fact]
    public void What_others_have_on_the_line_is_not_ours_to_keep()
    {
        using var tree = Booted("nosmt", out var host);
        tree.File("/etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\nGRUB_CMDLINE_LINUX=\"mitigations=auto,nosmt\"");
        host.UpdateGrub();
        Assert.True(tree.Tuner(host).Restore().IsWhole);
    }

    [Fact]
    public void A_kubelet_that_became_static_meanwhile_is_not_rebooted_into_other_CPUs()
    {
        using var coming = Tree(None, null);
        var host = new GrubHost(coming);
        Assert.True(coming.Tuner(host).Apply(Spec("nosmt")).RebootPending);
        Assert.False(coming.File(CpuFile, Static).Tuner(host).Apply(Spec("nosmt")).RebootPending);
        Assert.DoesNotContain("nosmt", GrubHost.Line(coming), StringComparison.Ordinal);

        using var going = Booted("nosmt", out host);
        going.File(CpuFile, None).File(TemporaryFiles, $"r! {MemoryFile}");
        Assert.True(going.Tuner(host).Apply(Spec("skew_tick=1")).RebootPending);
        var outcome = going.File(CpuFile, Static).Tuner(host).Apply(Spec("skew_tick=1"));
        Assert.False(outcome.RebootPending);
        Assert.Contains("no reboot is asked for", Of(outcome, "boot").Message!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_whose_memory_is_compared_is_not_rebooted_at_all()
    {
        using var tree = Tree(null, Memory(gibi: 0));
        var host = new GrubHost(tree);
        var outcome = tree.Tuner(host).Apply(Spec("skew_tick=1"));
        Assert.False(outcome.RebootPending);
        Assert.Contains("no reboot is asked for: kubelet's memory manager is Static, and may not start after any reboot", Of(outcome, "boot").Message!, StringComparison.Ordinal);
        Assert.EndsWith("skew_tick=1", GrubHost.Line(tree), StringComparison.Ordinal);
        Assert.True(tree.File(TemporaryFiles, $"r! {MemoryFile}").Tuner(host).Apply(Spec("skew_tick=1")).RebootPending);
    }

    /// <summary>A node that was tuned when kubelet kept no state, and rebooted; kubelet is static since.</summary>
    private static FakeTree Booted(string argument, out GrubHost host)
    {
        var tree = Tree(None, null);
        host = new GrubHost(tree);
        Assert.True(tree.Tuner(host).Apply(Spec(argument, "skew_tick=1")).RebootPending);
        GrubHost.Reboot(tree);
        return tree.File(Control, argument == Pool ? "on" : "off")
            .File("/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages", "2")
            .File(CpuFile, Static)
            .File(MemoryFile, Memory(gibi: 2));
    }

    private static FakeTree Tree(string? cpus, string? memory)
    {
        var tree = GrubHost.Tree().Threads("0,2", "1,3").File("/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages", "0");
        tree = cpus is null ? tree : tree.File(CpuFile, cpus);
        return memory is null ? tree : tree.File(MemoryFile, memory);
    }

    /// <summary>As kubelet writes it (<c>cm/memorymanager/state</c>).</summary>
    private static string Memory(long gibi) => $$"""
        {"policyName":"Static","machineState":{"0":{"numberOfAssignments":0,"memoryMap":{
        "hugepages-1Gi":{"total":{{gibi << 30}},"systemReserved":0,"allocatable":{{gibi << 30}},"reserved":0,"free":{{gibi << 30}} },
        "memory":{"total":17179869184,"systemReserved":0,"allocatable":17179869184,"reserved":0,"free":17179869184} },"cells":[0]} },"checksum":1}
        """;

    private static LedgerEntry Of(TuningOutcome outcome, string knob) => Assert.Single(outcome.Ledger, entry => entry.Knob == knob);

    private static NodeTuningSpec Spec(params string[] arguments) => new() { Boot = new(), Kernel = new() { Arguments = arguments } };
}
