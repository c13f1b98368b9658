using Latlab.Measurement.Captures;

namespace Latlab.Measurement.Identity;

/// <summary>The packets of one capture's sample, looked for in a stretch of the other capture, under each rule at once.</summary>
internal sealed class ProbeAttempt
{
    private const double Enough = 0.99;
    private const double Good = 0.5;

    private readonly bool _sampleIsBefore;

    /// <summary>Looks.</summary>
    /// <param name="rules">What to try.</param>
    /// <param name="sample">First frames of one capture.</param>
    /// <param name="sampleIsBefore">Whether that is the capture before the device.</param>
    /// <param name="other">The other capture, from its start. Read from <paramref name="fromNs"/> until nearly all is found.</param>
    /// <param name="fromNs">Stamp at which to start.</param>
    /// <param name="mostFrames">Frames after which to give up.</param>
    public ProbeAttempt(
        IEnumerable<IdentityRule> rules, ProbeHead sample, bool sampleIsBefore, IFrameSource other, long fromNs, int mostFrames)
    {
        _sampleIsBefore = sampleIsBefore;
        Sampled = sample.Count;
        Candidates = [.. rules.Select(rule => new ProbeCandidate(rule, sample))];
        var batch = new FrameBatch();
        for (var frames = 0; frames < mostFrames && Best < Enough * Sampled && other.Read(batch);)
        {
            LastNs = batch.Frames[^1].TimeNs;
            if (LastNs >= fromNs)
            {
                ReachedStart = true;
                frames += batch.Count;
                Candidates.ForEach(candidate => candidate.Look(batch));
            }
        }
    }

    public int Sampled { get; }

    public List<ProbeCandidate> Candidates { get; }

    /// <summary>Whether the other capture has frames from the start of the stretch on.</summary>
    public bool ReachedStart { get; }

    /// <summary>Last stamp read of the other capture.</summary>
    public long LastNs { get; }

    /// <summary>Most packets that a rule knew again.</summary>
    public int Best => Candidates.Max(candidate => candidate.Common);

    /// <summary>Whether so much was found that there is no need to look elsewhere.</summary>
    public bool IsGood => Best >= Good * Sampled;

    public IReadOnlyList<ProbedRule> Tried =>
        [.. Candidates.Select(candidate => new ProbedRule(candidate.Rule, Sampled, candidate.Common, candidate.Recurring))];

    /// <summary>After − before under a rule; null when it found nothing.</summary>
    public ClockOffset? Offset(ProbeCandidate candidate)
    {
        var differences = candidate.DifferencesNs();
        if (differences.Length == 0)
        {
            return null;
        }

        return ClockOffset.Of(AfterLessBefore(differences));
    }

    /// <summary>Which way the packets that a rule knew again go; null when all go one way.</summary>
    public TrafficDirections? Directions(ProbeCandidate candidate) =>
        TrafficDirections.Of(candidate.DifferencesByFlow().ToDictionary(flow => flow.Key, flow => AfterLessBefore(flow.Value)));

    private long[] AfterLessBefore(long[] otherLessSample) =>
        _sampleIsBefore ? otherLessSample : [.. otherLessSample.Select(difference => -difference)];
}
