using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;
using Latlab.Operator.Runtime;
using Latlab.Operator.TunedNodes;

namespace Latlab.Operator.Reboots;

/// <summary>Decides about nodes that may reboot, or have: they are done only when they run another boot and are as wished. Pure.</summary>
internal static class RebootReturn
{
    public static RebootDecision Next(RebootNode node, RebootObservation observed, RebootFleet fleet, DateTimeOffset now)
    {
        var record = node.Record.For(node.Tuning!);
        return node.Record.Phase switch
        {
            RebootPhase.Rebooting => Reboot(node, record, observed.Rules, now),
            RebootPhase.Settling => Settle(node, record, observed, fleet, now),
            RebootPhase.Lost => Lost(node, record, now),
            _ => Failed(node, record, observed.Rules, now),
        };
    }

    private static RebootDecision Reboot(RebootNode node, RebootRecord record, RebootRules rules, DateTimeOffset now)
    {
        if (node.RunsNewBoot)
        {
            return new RebootDecision(Back, new RebootStep.Note(node, record.Enter(RebootPhase.Settling, now)));
        }

        if (node.NeedsNoReboot && node.BootId == record.BootId)
        {
            // The spec was changed back before the agent had begun.
            return new RebootDecision(null, new RebootStep.Release(node, record.Enter(RebootPhase.Idle, now)));
        }

        var deadline = (record.GrantedAt ?? now) + rules.RebootTimeout;
        return now >= deadline
            ? Lose(node, record, $"did not come back in another boot within {LengthOfTime.Format(rules.RebootTimeout)}", now)
            : new RebootDecision(new RebootView(TunedNodeConditions.ReasonRebooting, "may reboot, and is not back yet"), Look: deadline);
    }

    private static RebootDecision Settle(
        RebootNode node, RebootRecord record, RebootObservation observed, RebootFleet fleet, DateTimeOffset now)
    {
        if (node.IsDone)
        {
            return Done(node, record, now);
        }

        var end = SettledBy(node, record, observed.Rules, now);
        if (now < end)
        {
            return new RebootDecision(Back, Look: end);
        }

        if (!node.IsReady)
        {
            var time = LengthOfTime.Format(observed.Rules.RebootTimeout);
            return Lose(node, record, $"runs another boot and was not Ready within {time}", now);
        }

        var verdict = new RebootView(
            TunedNodeConditions.ReasonNotInEffectAfterReboot, $"was rebooted, and lacks what it had before, or was rebooted for: {node.Verdict}");
        return node.NeedsReboot ? OneMore(node, record, observed, fleet, now) : Fail(node, record, verdict, now);
    }

    /// <summary>When what the node's ledger says is taken for final.</summary>
    private static DateTimeOffset SettledBy(RebootNode node, RebootRecord record, RebootRules rules, DateTimeOffset now)
    {
        var (since, late) = (record.Since ?? now, (record.GrantedAt ?? now) + rules.RebootTimeout);
        var settled = since + RebootTimes.Settling;
        // One that came back after its time gets as long to settle as any other.
        return late <= since ? settled : !node.IsReady || late < settled ? late : settled;
    }

    /// <summary>The reboot was not enough.</summary>
    private static RebootDecision OneMore(
        RebootNode node, RebootRecord record, RebootObservation observed, RebootFleet fleet, DateTimeOffset now)
    {
        if (RebootObstacles.Find(node, record, observed, fleet, now)?.View is not { } obstacle)
        {
            return new RebootDecision(Back, new RebootStep.Cordon(node, record.Enter(RebootPhase.Draining, now))
            {
                News = new RebootNews(EventType.Normal, "Draining", "It needs one more reboot"),
            });
        }

        // One that may have another reboot when what is in its way is gone keeps nobody from theirs.
        return node.MayReboot(observed.Rules) ? GiveBack(node, record, obstacle, RebootPhase.Idle, now)
            : Fail(node, record, new(TunedNodeConditions.ReasonRebootExhausted, RebootObstacles.Exhausted(node)), now);
    }

    /// <summary>The node goes back to its work and stops the rollout; one that is given up keeps nobody from theirs.</summary>
    private static RebootDecision Fail(RebootNode node, RebootRecord record, RebootView why, DateTimeOffset now) =>
        GiveBack(node, record, why, node.IsBeingGivenUp ? RebootPhase.Idle : RebootPhase.Failed, now);

    private static RebootDecision GiveBack(RebootNode node, RebootRecord record, RebootView why, RebootPhase phase, DateTimeOffset now) =>
        new(why, new RebootStep.Release(node, record.Enter(phase, now, why.Reason, why.Message))
        {
            News = new RebootNews(EventType.Warning, why.Reason, why.Message),
        });

    private static RebootDecision Lost(RebootNode node, RebootRecord record, DateTimeOffset now)
    {
        if (record.Phase == RebootPhase.Idle || (node.NeedsNoReboot && node.BootId == record.BootId))
        {
            return new RebootDecision(null, new RebootStep.Release(node, record.Enter(RebootPhase.Idle, now)));
        }

        return node.RunsNewBoot
            ? new RebootDecision(Back, new RebootStep.Note(node, record.Enter(RebootPhase.Settling, now)))
            : new RebootDecision(new RebootView(TunedNodeConditions.ReasonRebootTimedOut, record.Message ?? ""));
    }

    private static RebootDecision Failed(RebootNode node, RebootRecord record, RebootRules rules, DateTimeOffset now)
    {
        if (record.Phase == RebootPhase.Idle)
        {
            return new RebootDecision(null, new RebootStep.Release(node, record));
        }

        if (record is { Reason: TunedNodeConditions.ReasonRebootExhausted, IsUnreadable: false }
            && node.NeedsReboot && node.MayReboot(rules))
        {
            // Somebody gave the node a new budget.
            return new RebootDecision(null, new RebootStep.Release(node, record.Enter(RebootPhase.Idle, now)));
        }

        return node.IsDone
            ? Done(node, record, now)
            : new RebootDecision(
                new RebootView(record.Reason ?? TunedNodeConditions.ReasonNotInEffectAfterReboot, record.Message ?? node.Verdict),
                node.IsCordonedByUs ? new RebootStep.Release(node, record) : null);
    }

    private static RebootDecision Done(RebootNode node, RebootRecord record, DateTimeOffset now) =>
        new(null, new RebootStep.Release(node, record.Enter(RebootPhase.Idle, now) with { Unmet = null })
        {
            News = new RebootNews(
                EventType.Normal, "Rebooted",
                $"It runs boot {node.BootId}, and {(node.IsBeingGivenUp || NodeTuningState.IsEffective(node.Tuning!) ? "is as wished" : "has what it was rebooted for; its condition Effective says what it lacks as before")}"),
        });

    /// <summary>
    /// The node stays cordoned, and what it was granted is taken back: it must not reboot in the middle of its work days later.
    /// </summary>
    private static RebootDecision Lose(RebootNode node, RebootRecord record, string what, DateTimeOffset now)
    {
        var message = $"{what}. It stays cordoned, and no further node is rebooted: look at its console; "
            + "it is taken up again when it is back as wished, or when the spec changes";
        return new RebootDecision(
            new RebootView(TunedNodeConditions.ReasonRebootTimedOut, message),
            new RebootStep.Note(node, record.Enter(RebootPhase.Lost, now, TunedNodeConditions.ReasonRebootTimedOut, message))
            {
                News = new RebootNews(EventType.Warning, TunedNodeConditions.ReasonRebootTimedOut, message),
            });
    }

    private static RebootView Back => new(TunedNodeConditions.ReasonRebooting, "runs another boot, and is not as wished yet");
}
