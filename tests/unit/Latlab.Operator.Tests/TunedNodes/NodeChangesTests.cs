using k8s.Models;
using Latlab.Operator.Reboots;
using Latlab.Operator.TunedNodes;

namespace Latlab.Operator.Tests.TunedNodes;

public sealed class NodeChangesTests
{
    [Fact]
    public void A_node_that_is_given_back_to_its_work_wakes_what_waits_for_that()
    {
        Assert.True(NodeChanges.OfExistenceOrMark(Node("uid"), Node(mark: null)));
        Assert.True(NodeChanges.OfExistenceOrMark(Node(mark: null), Node("uid")));
        Assert.True(NodeChanges.OfExistenceOrMark(null, Node(mark: null)));
        Assert.True(NodeChanges.OfExistenceOrMark(Node(mark: null), null));
    }

    [Fact]
    public void Its_heartbeat_and_somebody_else_s_cordon_wake_nobody()
    {
        var cordoned = Node(mark: null);
        cordoned.Spec = new V1NodeSpec { Unschedulable = true };
        Assert.False(NodeChanges.OfExistenceOrMark(Node(mark: null), cordoned));
        Assert.False(NodeChanges.OfExistenceOrMark(Node("uid"), Node("uid")));
    }

    private static V1Node Node(string? mark) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = "n",
            Annotations = mark is null ? null : new Dictionary<string, string> { [CordonMark.Annotation] = mark },
        },
    };
}
