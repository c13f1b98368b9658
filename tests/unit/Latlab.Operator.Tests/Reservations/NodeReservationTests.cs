using System.Text.RegularExpressions;
using Latlab.Crds.Runs;
using Latlab.Crds.Validation;
using Latlab.Operator.Entities;
using Latlab.Operator.Reservations;

namespace Latlab.Operator.Tests.Reservations;

public sealed class NodeReservationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(248)]
    [InlineData(249)]
    [InlineData(253)]
    public void Every_nodes_name_makes_a_Lease_name_and_can_be_read_back(int length)
    {
        var node = new string('n', length);
        var lease = NodeReservation.Lease("latlab-runs", node, "uid", "ns/x-1", DateTimeOffset.UnixEpoch);
        Assert.InRange(lease.Metadata.Name.Length, 1, 253);
        Assert.Equal(node, NodeReservation.NodeName(lease));
        Assert.Equal(NodeReservation.LeaseName(node), lease.Metadata.Name);
    }

    [Fact]
    public void Long_names_that_differ_at_their_end_make_different_names_that_are_valid()
    {
        // The cut falls into a row of separators.
        var head = new string('n', 225) + ".a-" + "-b";
        var (left, right) = (NodeReservation.LeaseName(head + new string('x', 21) + "1"), NodeReservation.LeaseName(head + new string('x', 21) + "2"));
        Assert.NotEqual(left, right);
        Assert.All((string[])[left, right], name => Assert.Matches(new Regex(Names.Subdomain), name));
        Assert.All(Enumerable.Range(200, 50), at => Assert.Matches(
            new Regex(Names.Subdomain), NodeReservation.LeaseName(new string('n', at) + "." + new string('x', 252 - at))));
    }

    [Theory]
    [InlineData(RunPhase.Measuring, false)]
    [InlineData(RunPhase.Complete, true)]
    [InlineData(null, true)]
    public void A_reservation_is_stale_when_its_run_has_ended_or_is_gone(RunPhase? phase, bool stale)
    {
        var lease = NodeReservation.Lease("latlab-runs", "n", "uid", "ns/x-1", DateTimeOffset.UnixEpoch);
        Assert.Equal(stale, NodeReservation.IsStale(lease, phase is null ? null : new V1Alpha1LatencyRun { Status = new LatencyRunStatus { Phase = phase } }));
        Assert.False(NodeReservation.IsStale(null, null));
    }
}
