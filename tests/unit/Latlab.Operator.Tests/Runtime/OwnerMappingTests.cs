using k8s.Models;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Tests.Runtime;

public sealed class OwnerMappingTests
{
    [Theory]
    [InlineData("n")]
    [InlineData(null)]
    public void An_owned_object_leads_to_the_owner_that_controls_it_in_its_own_scope_and_to_nothing_else(string? @namespace) => Assert.Equal(
        [new EntityKey(@namespace, "owner")], OwnerMapping.ControllerOf<V1ConfigMap>(Owned(@namespace, "v1", "ConfigMap", controller: true)));

    [Theory]
    [InlineData("v1", "ConfigMap", false)]
    [InlineData("v1", "Secret", true)]
    [InlineData("example.com/v1", "ConfigMap", true)]
    public void Other_references_lead_nowhere(string apiVersion, string kind, bool controller) =>
        Assert.Empty(OwnerMapping.ControllerOf<V1ConfigMap>(Owned("n", apiVersion, kind, controller)));

    [Fact]
    public void Another_version_of_the_group_is_the_same_kind() =>
        Assert.NotEmpty(OwnerMapping.ControllerOf<V1Lease>(Owned("n", "coordination.k8s.io/v1beta1", "Lease", controller: true)));

    private static V1Pod Owned(string? @namespace, string apiVersion, string kind, bool controller) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = "owned",
            NamespaceProperty = @namespace,
            OwnerReferences = [new V1OwnerReference { ApiVersion = apiVersion, Kind = kind, Name = "owner", Uid = "u", Controller = controller }],
        },
    };
}
