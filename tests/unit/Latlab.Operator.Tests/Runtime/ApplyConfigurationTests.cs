using k8s.Models;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Tests.Runtime;

public sealed class ApplyConfigurationTests
{
    private static readonly V1Node Node = new()
    {
        ApiVersion = "v1",
        Kind = "Node",
        Metadata = new V1ObjectMeta
        {
            Name = "a",
            Uid = "u",
            ResourceVersion = "7",
            Generation = 2,
            CreationTimestamp = DateTime.UnixEpoch,
            Labels = new Dictionary<string, string> { ["x"] = "1" },
            ManagedFields = [new V1ManagedFieldsEntry { Manager = "m" }],
        },
        Spec = new V1NodeSpec { Unschedulable = true },
        Status = new V1NodeStatus { Phase = "Running" },
    };

    [Fact]
    public void An_object_is_applied_without_its_status_and_what_the_server_keeps() => Assert.Equal(
        """{"apiVersion":"v1","kind":"Node","metadata":{"labels":{"x":"1"},"name":"a","uid":"u"},"spec":{"unschedulable":true}}""",
        ApplyConfiguration.Of(Node).ToJsonString());
}
