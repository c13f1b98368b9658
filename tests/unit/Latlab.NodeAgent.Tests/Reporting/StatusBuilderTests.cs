using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Cluster;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Planning;
using Latlab.NodeAgent.Reporting;

namespace Latlab.NodeAgent.Tests.Reporting;

public sealed class StatusBuilderTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static TheoryData<KnobState[], string?, ConditionStatus, string, string> Rows => new()
    {
        { [], null, ConditionStatus.True, "AllInEffect", "0 of 0" },
        { [KnobState.InEffect, KnobState.InEffect], null, ConditionStatus.True, "AllInEffect", "2 of 2" },
        { [KnobState.InEffect, KnobState.Drifted], null, ConditionStatus.False, "Drifted", "k1 Drifted: why1" },
        { [KnobState.Failed, KnobState.Drifted], null, ConditionStatus.False, "KnobsNotInEffect", "k0 Failed: why0; k1 Drifted: why1" },
        { [KnobState.InEffect, KnobState.RebootRequired], null, ConditionStatus.False, "RebootRequired", "k1 RebootRequired: why1" },
        { [KnobState.Failed, KnobState.RebootRequired], null, ConditionStatus.False, "KnobsNotInEffect", "k0 Failed: why0" },
        { [KnobState.Unsupported], null, ConditionStatus.False, "KnobsNotInEffect", "k0 Unsupported: why0" },
        { [KnobState.Refused], null, ConditionStatus.False, "KnobsNotInEffect", "k0 Refused: why0" },
        { [.. Enumerable.Repeat(KnobState.Failed, 5)], null, ConditionStatus.False, "KnobsNotInEffect", "and 2 more" },
        { [KnobState.InEffect], "journal damaged", ConditionStatus.False, "KnobsNotInEffect", "journal damaged" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Effective_says_what_is_wrong(KnobState[] states, string? problem, ConditionStatus status, string reason, string message)
    {
        var built = StatusBuilder.Tuned(Outcome(states, problem), new(), [], 4, Now);
        var condition = Assert.Single(built.Conditions);
        Assert.Equal((NodeTuningConditions.Effective, status, reason), (condition.Type, condition.Status, condition.Reason));
        Assert.Contains(message, condition.Message, StringComparison.Ordinal);
        Assert.Equal(4, condition.ObservedGeneration);
        Assert.Equal($"{states.Count(s => s == KnobState.InEffect)}/{states.Length}", built.InEffect);
    }

    [Fact]
    public void A_condition_that_stays_keeps_its_time_and_one_of_a_former_deletion_goes()
    {
        var before = StatusBuilder.Restored(Outcome([], null), new(), [], 1, Now).Conditions;
        var tuned = StatusBuilder.Tuned(Outcome([KnobState.Failed], null), new(), before, 2, Now.AddHours(1));
        Assert.Equal(Now.UtcDateTime, Assert.Single(tuned.Conditions).LastTransitionTime);
    }

    [Theory]
    [InlineData(12, 10 * 1024)]
    // Each knob more is a line more, whatever it says.
    [InlineData(60, 40 * 1024)]
    public void A_status_has_an_end_whatever_knobs_say(int knobs, int bytes)
    {
        var (value, message) = (new string('v', 4_000), new string('m', 2_000));
        LedgerEntry[] ledger =
        [
            .. Enumerable.Range(0, knobs).Select(i => new LedgerEntry
            {
                Knob = $"kernel.sysctls[net.ipv4.a_long_name.{i:00}]", Requested = $"{i}{value}", Configured = value, Effective = value,
                Evidence = "/proc/sys/net/ipv4/a_long_name/of_a_sysctl", State = KnobState.Failed, Message = message, Drifts = 7,
            }),
        ];
        var status = StatusBuilder.Tuned(new(ledger, "boot", JournalState.Empty, null), new(), [], 1, Now);
        Assert.InRange(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(status, ClusterJson.Default.NodeTuningStatus).Length, knobs * 200, bytes - 1);
        Assert.All(status.Ledger, entry => Assert.EndsWith("…", entry.Message, StringComparison.Ordinal));
        // What is short stays whole, and the digest is of the whole.
        Assert.Equal(ledger[0].Knob, status.Ledger[0].Knob);
        ledger[0] = ledger[0] with { Effective = value + "!" };
        Assert.NotEqual(status.LedgerDigest, StatusBuilder.Tuned(new(ledger, "boot", JournalState.Empty, null), new(), [], 1, Now).LedgerDigest);
    }

    [Fact]
    public void Texts_that_fit_stay_as_they_are()
    {
        LedgerEntry[] ledger = [new() { Knob = "a", Requested = new string('v', 900), Effective = new string('w', 900), Message = "short" }, new() { Knob = "b", Requested = "1" }];
        Assert.Same(ledger, LedgerTexts.Bounded(ledger));
    }

    private static TuningOutcome Outcome(KnobState[] states, string? problem) => new(
        [.. states.Select((state, i) => new LedgerEntry
        {
            Knob = $"k{i}", State = state, Message = state == KnobState.InEffect ? null : $"why{i}",
        })],
        "boot", JournalState.Empty, problem);
}
