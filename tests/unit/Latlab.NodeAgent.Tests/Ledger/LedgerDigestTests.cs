using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Ledger;

namespace Latlab.NodeAgent.Tests.Ledger;

public sealed class LedgerDigestTests
{
    private static readonly LedgerEntry First = new() { Knob = "a", Effective = "1" };
    private static readonly LedgerEntry Second = new() { Knob = "b", Effective = "2" };

    // SHA-256 of "a\0" "1\n" "b\0" "2\n": pinned, as digests of old results are compared with new ones.
    [Fact]
    public void The_digest_is_the_same_in_every_version() =>
        Assert.Equal("1a04f75bd0704a1e3a5609aa6cef325ce65e2ccde2c36252d0e2fc2ddcb5762d", LedgerDigest.Of([First, Second]));

    [Fact]
    public void Order_drifts_and_verdicts_do_not_matter() => Assert.Equal(
        LedgerDigest.Of([First, Second]), LedgerDigest.Of([Second with { Drifts = 5, State = KnobState.Drifted, Message = "x" }, First]));

    [Fact]
    public void Containers_and_threads_that_come_and_go_make_no_other_tuning_while_all_are_as_wished()
    {
        var before = new LedgerEntry { Knob = "cpu.isolation[containers]", Requested = "2-3", Effective = "none", State = KnobState.InEffect };
        var after = before with { Effective = "isolated: 2-3@aaaaaaaaaaaa" };
        Assert.Equal(LedgerDigest.Of([before]), LedgerDigest.Of([after]));
        Assert.NotEqual(LedgerDigest.Of([before]), LedgerDigest.Of([after with { Effective = "member: 2-3@aaaaaaaaaaaa", State = KnobState.Drifted }]));
        Assert.NotEqual(LedgerDigest.Of([before]), LedgerDigest.Of([after with { Requested = "2-4" }]));
    }

    [Fact]
    public void A_value_a_knob_and_a_missing_value_do_matter()
    {
        LedgerEntry[][] ledgers =
        [
            [First, Second], [First], [First, Second with { Effective = "3" }], [First, Second with { Effective = null }], [],
            [First with { Knob = "c" }],
        ];
        Assert.Equal(ledgers.Length, ledgers.Select(LedgerDigest.Of).Distinct().Count());
    }
}
