using k8s.Models;
using Latlab.Operator.Reboots;

namespace Latlab.Operator.Tests.Reboots;

public sealed class DrainRulesTests
{
    [Theory]
    [InlineData("ReplicaSet", "Running", false, false, true)]
    [InlineData("StatefulSet", "Pending", false, false, true)]
    [InlineData("DaemonSet", "Running", false, false, false)]
    [InlineData("Job", "Succeeded", false, false, false)]
    [InlineData(null, "Failed", false, false, false)]
    [InlineData(null, "Running", true, false, false)]
    [InlineData("Node", "Running", true, false, false)]
    [InlineData(null, "Running", false, true, true)]
    public void Pods_leave_that_would_be_lost_by_a_reboot_and_come_back_elsewhere(string? owner, string phase, bool mirror, bool force, bool leaves)
    {
        var drain = DrainRules.Of([Pod("a", owner, phase, mirror)], force, ownPod: null);
        Assert.Equal(leaves, drain.Evictable.Count == 1);
        Assert.Equal(!leaves, drain.IsEmpty);
        Assert.Null(drain.Blocker);
    }

    [Fact]
    public void A_pod_that_nobody_makes_anew_keeps_its_node_and_is_named()
    {
        var drain = DrainRules.Of([Pod("kept", null, "Running")], force: false, ownPod: null);
        Assert.Contains("ns/kept", drain.Blocker, StringComparison.Ordinal);
        Assert.Contains("disruption.drain.force", drain.Blocker, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pod_that_ends_already_is_waited_for_and_blocks_nothing()
    {
        var pod = Pod("a", null, "Running");
        pod.Metadata.DeletionTimestamp = DateTime.UnixEpoch;
        var drain = DrainRules.Of([pod], force: false, ownPod: null);
        Assert.Null(drain.Blocker);
        Assert.False(drain.IsEmpty);
        Assert.Empty(drain.Evictable);
    }

    [Fact]
    public void The_operators_own_pod_stays_and_comes_back_with_its_node() =>
        Assert.True(DrainRules.Of([Pod("me", "ReplicaSet", "Running")], force: false, ownPod: ("ns", "me")).IsEmpty);

    private static V1Pod Pod(string name, string? owner, string phase, bool mirror = false) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = name,
            NamespaceProperty = "ns",
            OwnerReferences = owner is null ? null : [new V1OwnerReference { Kind = owner, Controller = true, Name = "o" }],
            Annotations = mirror ? new Dictionary<string, string> { ["kubernetes.io/config.mirror"] = "x" } : null,
        },
        Status = new V1PodStatus { Phase = phase },
    };
}
