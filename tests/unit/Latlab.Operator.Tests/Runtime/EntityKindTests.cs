using k8s.Models;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Tests.Runtime;

public sealed class EntityKindTests
{
    [Fact]
    public void Paths_follow_group_and_namespace()
    {
        Assert.Equal("api/v1/namespaces/n/pods/p", EntityKind.Of<V1Pod>().ObjectPath("n", "p"));
        Assert.Equal("api/v1/nodes/p", EntityKind.Of<V1Node>().ObjectPath(null, "p"));
        Assert.Equal("apis/coordination.k8s.io/v1/leases", EntityKind.Of<V1Lease>().CollectionPath(null));
    }

    [Fact]
    public void An_object_without_a_name_has_no_path() =>
        Assert.Throws<ArgumentException>(() => EntityKind.Of<V1Pod>().ObjectPath("n", ""));

    [Fact]
    public void A_type_without_the_attribute_is_named()
    {
        var exception = Assert.Throws<InvalidOperationException>(() => EntityKind.Of(typeof(V1ObjectMeta)));
        Assert.Contains("V1ObjectMeta has no [KubernetesEntity]", exception.Message, StringComparison.Ordinal);
    }
}
