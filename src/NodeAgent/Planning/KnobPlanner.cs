using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Knobs;

namespace Latlab.NodeAgent.Planning;

/// <summary>
/// Decides about one knob; pure. Reboots: run-time values do not outlive a boot, so an entry of another boot says nothing about the value
/// found now. With a wish, the value found is the prior one of this boot; without, there is nothing of ours to take back, and a stale
/// prior value is not written.
/// </summary>
internal static class KnobPlanner
{
    public static IEnumerable<Step> Plan(Situation s) => s switch
    {
        { Wish: null } => Leave(s),
        // Unsupported, not ours, or unreadable: nothing is written blindly.
        { Reading.Value: null } => [],
        { Live: null } => Begin(s, s.Target!, s.Reading.Value),
        _ => Keep(s, s.Target!, s.Reading.Value),
    };

    private static IEnumerable<Step> Begin(Situation s, string wish, string found)
    {
        var prior = s.Knob.Journal(s.Reading);
        if (s.Knob.Same(found, wish))
        {
            // What is there and is not the prior state can only be ours, its journal lost.
            yield return new Adopt(s.Knob, wish, prior, s.Knob.Same(prior, found) ? null : found);
        }
        else if (s.MayWrite)
        {
            yield return new Change(s.Knob, found, wish, prior);
        }
    }

    private static IEnumerable<Step> Keep(Situation s, string wish, string found)
    {
        var entry = s.Live!;
        var wasInEffect = entry.Verified is { } verified && s.Knob.Same(verified, wish);
        if (s.Knob.Same(found, wish))
        {
            if (!wasInEffect || entry.DriftFound is not null)
            {
                yield return new Confirm(s.Knob, wish);
            }

            yield break;
        }

        // What appeared since it was verified has not drifted.
        var drifted = wasInEffect && !s.Knob.Same(entry.Verified!, found);
        if (drifted && entry.DriftFound != found)
        {
            yield return new NoteDrift(s.Knob, wish, found);
        }

        if (s.MayWrite && !(drifted && s.Drift == DriftPolicy.Report))
        {
            var prior = s.Knob.Extend(entry, found);
            yield return new Change(s.Knob, found, wish, prior == entry.Prior ? null : prior);
        }
    }

    private static IEnumerable<Step> Leave(Situation s)
    {
        if (s.Entry is null)
        {
            yield break;
        }

        Step? step = s switch
        {
            { Live: null } => new Forget(s.Knob, "it was not written in this boot"),
            { Live.Written: null } => new Forget(s.Knob, "it was never changed"),
            { Reading: { Kind: ReadingKind.Refused } or { IsGone: true } } => new Forget(s.Knob, s.Reading.Reason!),
            // It is out of sight and may come back as we left it: the entry waits for it.
            { Reading.Kind: ReadingKind.Unsupported } => null,
            { Reading.Value: { } found } when s.Knob.Same(found, s.Prior) => new Forget(s.Knob, "it has its prior value"),
            { MayWrite: false } => null,
            _ => new Restore(s.Knob, s.Reading.Value, s.Prior),
        };
        if (step is not null)
        {
            yield return step;
        }
    }
}
