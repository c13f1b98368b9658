using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Knobs;
using Latlab.NodeAgent.Knobs.Boot;
using Latlab.NodeAgent.Ledger;

namespace Latlab.NodeAgent.Planning;

/// <summary>Tunes one host: observe, plan, apply, and observe again until there is nothing to do. All state is on the host.</summary>
internal sealed class Tuner(IHost host, JournalFile file, TimeProvider clock)
{
    // A knob may appear by another one's making (a sysctl of a wire's end), which a second look then sees; a third finds nothing to do.
    private const int Rounds = 3;

    private readonly RetrySchedule _retries = new(clock);
    private readonly Dictionary<string, object> _seen = [];

    /// <summary>Brings the host to what the spec asks for, and puts back what left the spec. Only reads when all is in effect.</summary>
    public TuningOutcome Apply(NodeTuningSpec spec) => Pass(Wanted(spec), Rounds);

    /// <summary>Says what is in effect. Changes nothing, the journal included.</summary>
    public TuningOutcome Verify(NodeTuningSpec spec) => Pass(Wanted(spec), rounds: 0);

    /// <summary>Puts back everything in the journal.</summary>
    public TuningOutcome Restore() => PutBack(_ => true);

    /// <summary>Puts back what of the journal the spec asks for.</summary>
    public TuningOutcome Restore(NodeTuningSpec spec) => PutBack(Wanted(spec).Wishes.Select(wish => wish.Path).ToHashSet().Contains);

    /// <summary>Says what <see cref="Apply"/> would do now.</summary>
    public IReadOnlyList<Step> Plan(NodeTuningSpec spec, out string? problem)
    {
        var journal = file.Load(out problem);
        var desired = Wanted(spec);
        return problem is null ? Planner.Plan(Observe(desired, journal), desired, journal, _retries.IsHeld) : [];
    }

    /// <summary>Says what <see cref="Apply"/> would do now, and what it could not. Changes nothing.</summary>
    public PlanReport Foresee(NodeTuningSpec spec, out string? problem)
    {
        var steps = Plan(spec, out problem);
        var changed = steps.Where(step => step.ChangesHost).Select(step => step.Knob.Path).ToHashSet();
        return new()
        {
            Steps = [.. steps.Select(step => new PlannedStep(
                step.Action, step.Knob.Path, step.From, step.To, step.ChangesHost, step.ChangesHost && step.Knob.OutlivesBoot))],
            Remaining = [.. Verify(spec).Ledger.Where(entry => !changed.Contains(entry.Knob) && entry.State is var state
                && (state is KnobState.Refused or KnobState.Unsupported or KnobState.Failed
                    || (state == KnobState.RebootRequired && !BootArguments.IsWritten(spec))))],
        };
    }

    /// <summary>Whether the journal holds anything, or is damaged: then there may be something to put back.</summary>
    public bool HasHistory() =>
        (file.Load(out var problem) is var journal && journal.Entries.Count + journal.Uses.Count > 0) || problem is not null;

    private TuningOutcome PutBack(Func<string, bool> only) => Pass(new([], DriftPolicy.Report, only), Rounds);

    private TuningOutcome Pass(Desired desired, int rounds)
    {
        var applier = new Applier(host, file, _retries);
        var journal = file.Load(out var problem);
        var observed = Observe(desired, journal);
        for (var round = 0; round < rounds && problem is null; round++)
        {
            var steps = Planner.Plan(observed, desired, journal, _retries.IsHeld);
            if (steps.Count == 0)
            {
                break;
            }

            journal = applier.Apply(steps, journal, observed.BootId, out problem);
            observed = Observe(desired, journal);
        }

        return new(LedgerBuilder.Build(desired, observed, journal, _retries.Find, problem), observed.BootId, journal, problem)
        {
            RebootPending = BootBlockKnob.IsRebootPending(new HostView(host, journal)),
        };
    }

    private Observation Observe(Desired desired, JournalState journal)
    {
        var view = new HostView(host, journal, _seen);
        var knobs = desired.Wishes.Select(wish => wish.Knob).OfType<Knob>().Concat(desired.Leaving(journal));
        var boot = BootId.Read(host);
        var readings = knobs.ToDictionary(knob => knob.Path, knob => Contained.ReadOf(knob, view));
        foreach (var wish in desired.Wishes.Where(wish => wish.Knob is not null))
        {
            readings[wish.Path] = readings[wish.Path].After(journal.FindUse(wish.Path, wish.Value, boot));
        }

        return new(boot, readings);
    }

    /// <summary>What was set stays while nobody can say what the spec asks for on this host.</summary>
    private Desired Wanted(NodeTuningSpec spec)
    {
        var wishes = WishList.From(spec, new HostView(host, file.Load(out _)));
        var unknown = wishes.Where(wish => wish.IsUnknown).Select(wish => wish.Path).ToHashSet();
        return new(wishes, spec.Drift, knob => !unknown.Contains(KnobTable.PrefixOf(knob)));
    }
}

/// <summary>What a pass came to.</summary>
/// <param name="Ledger">Each knob's verdict, sorted by knob; also of knobs that could not be put back.</param>
/// <param name="BootId">The boot it is about.</param>
/// <param name="Journal">The journal as it now is.</param>
/// <param name="Problem">Why the journal kept everything from being changed; null when it did not.</param>
internal sealed record TuningOutcome(IReadOnlyList<LedgerEntry> Ledger, string BootId, JournalState Journal, string? Problem)
{
    /// <summary>Whether a reboot would bring something of what was written into effect, or take something out.</summary>
    public bool RebootPending { get; init; }

    public int InEffect => Ledger.Count(entry => entry.State == KnobState.InEffect);

    public bool IsWhole => Problem is null && InEffect == Ledger.Count;
}
