using Latlab.Crds.TunedNodes;

namespace Latlab.Operator.Tests.Reboots;

/// <summary>That <see cref="FleetInvariant"/> finds what it is there for, and takes nothing else for it.</summary>
public sealed class FleetInvariantTests
{
    private static readonly TuningFacts Idle = new("uid", 1, IsRestoring: false, HoldsSlot: false, Grant: null);
    private static readonly TuningFacts Slot = Idle with { HoldsSlot = true };
    private static readonly NodeFacts Works = new("boot-1", IsReady: true, IsCordonedByUs: false);
    private static readonly NodeFacts Cordoned = Works with { IsCordonedByUs = true };

    private readonly FleetInvariant _invariant = new(new CountOrPercent("5%"), maxReboots: 1) { NeverAbovePercent = 5 };
    private long _revision;

    [Fact]
    public void As_many_as_may_be_one_after_the_other_are_no_violation()
    {
        Join(40);
        foreach (var n in Enumerable.Range(0, 20))
        {
            RebootTogether(2 * n, (2 * n) + 1);
        }

        Assert.Empty(_invariant.Violations);
        Assert.Equal((2, 40), (_invariant.MostOut, _invariant.Grants));
    }

    [Fact]
    public void One_cordon_more_is_a_violation()
    {
        Join(40);
        Cordon(0, 1, 2);
        Assert.Contains("3 nodes are out of work, and 2 may be", Assert.Single(Distinct()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_is_rounded_down_and_never_below_one()
    {
        Join(39);
        Cordon(0);
        Assert.Empty(_invariant.Violations);
        Cordon(1);
        Assert.Contains("2 nodes are out of work, and 1 may be", Assert.Single(_invariant.Violations), StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_may_reboot_counts_though_somebody_else_cordoned_it()
    {
        Join(20);
        Cordon(0);
        Tuning(1, Slot with { Grant = "boot-1" });
        Assert.Contains("2 nodes are out of work, and 1 may be", Assert.Single(Distinct()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_went_down_by_its_grant_counts_until_it_is_back_though_grant_and_cordon_are_gone()
    {
        Join(20);
        Tuning(0, Slot with { Grant = "boot-1" });
        Node(0, Works with { IsReady = false });
        Tuning(0, Idle);
        Cordon(1);
        Assert.NotEmpty(_invariant.Violations);
    }

    [Fact]
    public void A_node_that_is_down_for_another_reason_does_not()
    {
        Join(20);
        Node(0, Works with { IsReady = false });
        Cordon(1);
        Assert.Empty(_invariant.Violations);
    }

    [Fact]
    public void A_node_that_vanishes_frees_its_place()
    {
        Join(21);
        Cordon(0);
        Node(0, null);
        Cordon(1);
        Assert.Empty(_invariant.Violations);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void A_node_that_vanished_is_still_counted_only_where_the_slot_is_older(bool before, int violations)
    {
        var invariant = new FleetInvariant(new CountOrPercent("5%"), maxReboots: 1);
        foreach (var change in Enumerable.Range(0, 40).Select(n => NodeOf(n, Works)))
        {
            invariant.Apply(change);
        }

        invariant.Apply(TuningOf(0, Slot));
        invariant.Apply(NodeOf(0, Cordoned));
        FleetChange vanished = NodeOf(39, null);
        FleetChange given = TuningOf(1, Slot);
        foreach (var change in before ? new[] { vanished, given } : [given, vanished])
        {
            invariant.Apply(change);
        }

        invariant.Apply(NodeOf(1, Cordoned));
        Assert.Equal(violations, invariant.Violations.Count);
    }

    [Fact]
    public void What_is_never_exceeded_is_checked_when_nodes_vanish_too()
    {
        Join(40);
        Cordon(0, 1);
        foreach (var n in Enumerable.Range(20, 19))
        {
            Node(n, null);
        }

        Assert.Empty(_invariant.Violations);
        Node(39, null);
        Assert.Contains("2 of 20 nodes", Assert.Single(_invariant.Violations), StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_grant_for_one_generation_is_a_violation_and_for_the_next_it_is_none()
    {
        Join(20);
        Tuning(0, Slot with { Grant = "boot-1" });
        Tuning(0, Idle);
        Tuning(0, Slot with { Generation = 2, Grant = "boot-2" });
        Assert.Empty(_invariant.Violations);
        Tuning(0, Slot with { Generation = 2, Grant = "boot-3" });
        Assert.Contains("2 reboots of generation 2, and 1 may be", Assert.Single(_invariant.Violations), StringComparison.Ordinal);
    }

    [Fact]
    public void A_boot_whose_end_is_granted_twice_is_a_violation()
    {
        Join(20);
        Tuning(0, Slot with { Grant = "boot-1" });
        Tuning(0, Slot);
        Tuning(0, Slot with { Grant = "boot-1" });
        Assert.Contains("granted its end twice", Assert.Single(_invariant.Violations), StringComparison.Ordinal);
    }

    private void Join(int nodes)
    {
        foreach (var n in Enumerable.Range(0, nodes))
        {
            Node(n, Works);
            Tuning(n, Idle);
        }
    }

    private void Cordon(params int[] nodes)
    {
        foreach (var n in nodes)
        {
            Tuning(n, Slot);
            Node(n, Cordoned);
        }
    }

    private void RebootTogether(params int[] nodes)
    {
        Cordon(nodes);
        foreach (var n in nodes)
        {
            Tuning(n, Slot with { Uid = $"uid-{n}", Grant = "boot-1" });
            Node(n, Cordoned with { IsReady = false });
            Node(n, Cordoned with { BootId = "boot-2" });
            Node(n, Works with { BootId = "boot-2" });
            Tuning(n, Idle with { Uid = $"uid-{n}" });
        }
    }

    /// <summary>By both rules at once, one for the operator and one for ever.</summary>
    private IEnumerable<string> Distinct() =>
        _invariant.Violations.Where(violation => violation.Contains("may be", StringComparison.Ordinal));

    private void Node(int n, NodeFacts? facts) => _invariant.Apply(NodeOf(n, facts));

    private void Tuning(int n, TuningFacts facts) => _invariant.Apply(TuningOf(n, facts));

    private FleetChange.OfNode NodeOf(int n, NodeFacts? facts) => new(++_revision, $"n{n}", facts);

    private FleetChange.OfTuning TuningOf(int n, TuningFacts facts) => new(++_revision, $"n{n}", facts);
}
