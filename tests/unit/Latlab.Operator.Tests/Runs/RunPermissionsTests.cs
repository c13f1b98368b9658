using Latlab.Crds.Experiments;
using Latlab.Crds.Runs;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Tests.Runs;

/// <summary>A run gets what its node offers to its namespace now, and nothing else, whoever wrote it.</summary>
public sealed class RunPermissionsTests
{
    [Fact]
    public void A_run_that_no_experiment_made_is_not_permitted() => AssertNotPermitted("spec.experiment", run => run.Metadata.OwnerReferences = null);

    [Fact]
    public void An_owner_of_another_UID_is_none() => AssertNotPermitted("spec.experiment", run => run.Metadata.OwnerReferences[0].Uid = "another");

    [Fact]
    public void A_node_of_another_TunedNode_is_not_permitted() => AssertNotPermitted("spec.tunedNode", run => run.Spec.TunedNode = "mine");

    [Fact]
    public void Another_device_than_the_offered_one_is_not_permitted() => AssertNotPermitted(
        "\"dev-a\" of the node and not \"eth0\"", run => run.Spec.Interfaces = [new ResolvedInterface { Name = "a", Device = "eth0" }, .. run.Spec.Interfaces.Skip(1)]);

    [Fact]
    public void An_interface_that_is_used_and_not_resolved_is_not_permitted() =>
        AssertNotPermitted("is used by the run", run => run.Spec.Interfaces = [.. run.Spec.Interfaces.Skip(1)]);

    [Fact]
    public void An_image_that_is_not_on_the_list_is_not_permitted() => AssertNotPermitted(
        "spec.forwarder.image", run => run.Spec = Copy(run.Spec, new ForwarderSpec { Ports = run.Spec.Forwarder!.Ports, Image = "evil" }));

    [Fact]
    public void An_interface_of_another_namespace_is_not_permitted() => AssertNotPermitted("is not offered to namespace \"ns\"", offer: ["other"]);

    [Fact]
    public void An_interface_that_is_not_offered_any_more_is_not_permitted() => AssertNotPermitted("is not offered by TunedNode \"t\"", offer: []);

    [Fact]
    public void An_offer_to_all_namespaces_is_one_to_this()
    {
        var run = new SimulatedRun();
        Offer(run, ["*"]);
        run.RunToEnd();
        Assert.Equal(RunPhase.Complete, run.Phase);
    }

    private static void AssertNotPermitted(string message, Action<V1Alpha1LatencyRun>? change = null, string[]? offer = null)
    {
        var run = new SimulatedRun(change);
        if (offer is not null)
        {
            Offer(run, offer);
        }

        run.RunToEnd();
        Assert.Equal(RunPhase.Failed, run.Phase);
        Assert.Equal(RunConditions.ReasonNotPermitted, run.Measured!.Reason);
        Assert.Contains(message, run.Measured.Message, StringComparison.Ordinal);
        Assert.Empty(run.Created);
        Assert.False(run.LeaseHeld);
    }

    /// <summary>Offers the interface "a" to those namespaces; to none is no offer.</summary>
    private static void Offer(SimulatedRun run, string[] namespaces)
    {
        var tuning = run.Tuning!;
        IEnumerable<OfferedInterface> first = namespaces.Length == 0 ? [] : [tuning.Spec.Interfaces[0] with { Namespaces = namespaces }];
        tuning.Spec = tuning.Spec with { Interfaces = [.. first, .. tuning.Spec.Interfaces.Skip(1)] };
        run.Tuning = tuning;
    }

    private static LatencyRunSpec Copy(LatencyRunSpec spec, ForwarderSpec forwarder) => spec with { Forwarder = forwarder };
}
