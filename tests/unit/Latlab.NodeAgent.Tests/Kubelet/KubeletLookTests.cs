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

    [Fact]
    public void Of_what_could_not_be_seen_nothing_is_claimed()
    {
        var condition = Look(new() { Cpu = new() { Isolated = "2" } }).Conditions.Get(NodeTuningConditions.KubeletAligned)!;
        Assert.Equal((ConditionStatus.Unknown, NodeTuningConditions.ReasonKubeletNotSeen), (condition.Status, condition.Reason));
    }

    private NodeTuningStatus Look(NodeTuningSpec spec, NodeTuningStatus? status = null) =>
        new KubeletLook(_tree.Host).Into(status ?? new(), spec, last: null, generation: 1, DateTimeOffset.UnixEpoch);
}
