using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Kubelet;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Kubelet;

public sealed class KubeletLookTests : IDisposable
{
    private readonly FakeTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("2-3", null, ConditionStatus.True)]
    [InlineData("3", null, ConditionStatus.False)]
    [InlineData(null, "2-3", ConditionStatus.True)]
    [InlineData("3", "2-3", ConditionStatus.False)]
    public void It_is_held_against_the_isolated_CPUs_of_the_wish_or_else_of_the_boot(string? wished, string? atBoot, ConditionStatus expected)
    {
        _tree.WithKubelet().File("/sys/devices/system/cpu/isolated", atBoot ?? "");
        var status = Look(new() { Cpu = new() { Isolated = wished } });
        Assert.Equal(expected, status.Conditions.Get(NodeTuningConditions.KubeletAligned)!.Status);
        Assert.Equal("0-1", status.Kubelet!.ReservedSystemCpus);
    }

    [Fact]
    public void Without_isolated_CPUs_it_is_told_and_not_judged()
    {
        var status = Look(new(), new NodeTuningStatus
        {
            Conditions = Array.Empty<Condition>().With(NodeTuningConditions.KubeletAligned, ConditionStatus.False, "Old", "old", 1, DateTimeOffset.UnixEpoch),
        });
        Assert.Null(status.Conditions.Get(NodeTuningConditions.KubeletAligned));
        Assert.Contains("no process called kubelet", status.Kubelet!.Problem!, StringComparison.Ordinal);
    }

    [Theory]
    // As an argument has it: the size comes first.
    [InlineData("hugepagesz=1G hugepages=8", true)]
    [InlineData("hugepagesz=1G hugepages=0:4,1:4", true)]
    [InlineData("hugepages=64", true)]
    [InlineData("default_hugepagesz=1G", false)]
    public void Hugepages_of_the_boot_arguments_count(string argument, bool counts)
    {
        _tree.WithKubelet($"{KubeletTree.Aligned}\ntopologyManagerPolicy: restricted").File("/sys/devices/system/node/online", "0-1");
        var condition = Look(new() { Cpu = new() { Isolated = "2-3" }, Kernel = new() { Arguments = [argument] } }).Conditions.Get(NodeTuningConditions.KubeletAligned)!;
        Assert.Equal(counts, condition.Message.Contains("memoryManagerPolicy: \"Static\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, KnobState.InEffect, true)]
    [InlineData(false, KnobState.Failed, true)]
    // They were there before: kubelet counted them.
    [InlineData(false, KnobState.InEffect, false)]
    // They are not made.
    [InlineData(false, KnobState.Refused, false)]
    public void A_kubelet_that_will_not_start_at_the_next_boot_is_told_though_no_CPU_is_isolated(bool written, KnobState state, bool told)
    {
        _tree.WithKubelet("memoryManagerPolicy: Static");
        var status = Look(new(), new()
        {
            Ledger = [new() { Knob = "memory.hugePages[1Gi,node0]", PresentInThisBoot = written, State = state }],
        });
        Assert.Equal(told ? ConditionStatus.False : null, status.Conditions.Get(NodeTuningConditions.KubeletAligned)?.Status);
        Assert.Contains("Static", status.Kubelet!.RestartHazard!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("static", true, "off", true)]
    // The boot has them off, kubelet counts no CPUs, or they are on.
    [InlineData("static", false, "off", false)]
    [InlineData("none", true, "off", false)]
    [InlineData("static", true, "on", false)]
    public void Threads_that_are_off_since_its_start_are_told_though_no_CPU_is_isolated(string policy, bool written, string effective, bool told)
    {
        _tree.WithKubelet($"cpuManagerPolicy: {policy}");
        var status = Look(new(), new() { Ledger = [new() { Knob = "cpu.smt", PresentInThisBoot = written, Effective = effective, State = KnobState.InEffect }] });
        Assert.Equal(told ? ConditionStatus.False : null, status.Conditions.Get(NodeTuningConditions.KubeletAligned)?.Status);
    }

    [Fact]
    public void All_hugepages_that_there_are_are_told_but_for_those_that_are_lent()
    {
        const string Pools = "/sys/kernel/mm/hugepages";
        _tree.File($"{Pools}/hugepages-1048576kB/nr_hugepages", "8").File($"{Pools}/hugepages-1048576kB/surplus_hugepages", "2")
            .File($"{Pools}/hugepages-2048kB/nr_hugepages", "0").File($"{Pools}/hugepages-64kB/nr_hugepages", "5").File($"{Pools}/other/nr_hugepages", "9");
        Assert.Equal([("1Gi", 6L), ("2Mi", 0L), ("64Ki", 5L)], Look(new()).HugePages.Select(pages => (pages.Size, pages.Count)));
    }

    [Fact]
    public void Threads_of_a_core_are_seen()
    {
        _tree.WithKubelet().File("/sys/devices/system/cpu/cpu2/topology/thread_siblings_list", "2-3").File("/sys/devices/system/cpu/cpu3/topology/thread_siblings_list", "2-3");
        Assert.Contains("e.g. of 2-3", Look(new() { Cpu = new() { Isolated = "2-3" } }).Conditions.Get(NodeTuningConditions.KubeletAligned)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_what_could_not_be_seen_nothing_is_claimed()
    {
        var condition = Look(new() { Cpu = new() { Isolated = "2" } }).Conditions.Get(NodeTuningConditions.KubeletAligned)!;
        Assert.Equal((ConditionStatus.Unknown, NodeTuningConditions.ReasonKubeletNotSeen), (condition.Status, condition.Reason));
    }

    private NodeTuningStatus Look(NodeTuningSpec spec, NodeTuningStatus? status = null) =>
        new KubeletLook(_tree.Host).Into(status ?? new(), spec, last: null, generation: 1, DateTimeOffset.UnixEpoch);
}
