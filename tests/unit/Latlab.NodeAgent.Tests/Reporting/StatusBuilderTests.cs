using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
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

    private static TuningOutcome Outcome(KnobState[] states, string? problem) => new(
        [.. states.Select((state, i) => new LedgerEntry
        {
            Knob = $"k{i}", State = state, Message = state == KnobState.InEffect ? null : $"why{i}",
        })],
        "boot", JournalState.Empty, problem);
}
