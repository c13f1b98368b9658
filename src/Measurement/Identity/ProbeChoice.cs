using Latlab.Measurement.Results;

namespace Latlab.Measurement.Identity;

/// <summary>Decides from what was found.</summary>
/// <param name="before">First frames of the capture before the device.</param>
/// <param name="after">First frames of the one after it.</param>
/// <param name="attempts">What was tried; at least one.</param>
/// <param name="clockOffsetNs">What the user says that the later clock is ahead, in nanoseconds.</param>
internal sealed class ProbeChoice(ProbeHead before, ProbeHead after, IReadOnlyList<ProbeAttempt> attempts, long clockOffsetNs)
{
    /// <summary>Share of the best rule's common packets that a stricter rule must know.</summary>
    private const double AsGood = 0.99;

    /// <summary>Share of a sample below which common packets may be others' traffic that both captures happen to have.</summary>
    private const double Few = 0.01;

    /// <summary>Nanoseconds by which the clocks must be closer in another attempt for it to be preferred.</summary>
    private const long MuchCloserNs = 1_000_000;

    private readonly ProbeAttempt _attempt = BestOf(attempts, clockOffsetNs);

    /// <summary>The rule that was asked for, or the best one.</summary>
    public ProbeResult Choose(IdentityRule? asked)
    {
        var enough = Math.Max(1, Few * Math.Min(before.Count, after.Count));
        var chosen = asked is null ? Pick() : _attempt.Candidates.First(candidate => candidate.Rule.Equals(asked));
        // The generator's warm-up packets have no number that counts, and still tell that the captures belong together.
        var isOfGenerator = chosen.Rule.Preset == IdentityPreset.Generator && before.OfGenerator >= enough && after.OfGenerator >= enough;
        var evidence = isOfGenerator ? ByCommon().First() : chosen;
        if (evidence.Common < enough)
        {
            return new ProbeResult
            {
                Tried = _attempt.Tried,
                Problem = ProbeProblems.NothingInCommon(before, after, attempts, _attempt, asked, ByCommon().First()),
            };
        }

        var directions = _attempt.Directions(chosen);
        var offset = directions?.Forward ?? _attempt.Offset(evidence);
        return new ProbeResult
        {
            Rule = chosen.Rule,
            Summary = new IdentitySummary
            {
                Preset = chosen.Rule.Preset.ToString().ToLowerInvariant(),
                Automatic = asked is null,
                Reason = asked is null ? Reason(chosen) : "",
                Depth = chosen.Rule.Depth,
            },
            Tried = _attempt.Tried,
            Offset = offset,
            Directions = directions,
            Problem = before.IsSameAs(after) ? ProbeProblems.SameCapture(before, after)
                : offset is not null && offset.Less(clockOffsetNs) is { MaxNs: < 0, WholeSeconds: 0 } ? ProbeProblems.WrongOrder(before, after, offset)
                : null,
        };
    }

    /// <summary>
    /// The one that found most, unless another found enough with clocks much closer together: where packets recur (16-bit IP ids over
    /// constant payloads do after 65,536 packets), a sample can be found a round later or earlier.
    /// </summary>
    private static ProbeAttempt BestOf(IReadOnlyList<ProbeAttempt> attempts, long clockOffsetNs)
    {
        var best = attempts.MaxBy(attempt => (double)attempt.Best / attempt.Sampled)!;
        // Each once: a distance is a median of thousands of packets.
        var distances = attempts.ToDictionary(attempt => attempt, attempt => DistanceNs(attempt, clockOffsetNs));
        return attempts.Where(attempt => attempt.IsGood && distances[attempt] < distances[best] - MuchCloserNs)
            .MinBy(attempt => distances[attempt]) ?? best;
    }

    private static long DistanceNs(ProbeAttempt attempt, long clockOffsetNs) =>
        attempt.Offset(attempt.Candidates.MaxBy(candidate => candidate.Common)!) is { } offset ? Math.Abs(offset.MedianNs - clockOffsetNs) : long.MaxValue;

    /// <summary>Most common packets first; of equals the stricter rule.</summary>
    private IEnumerable<ProbeCandidate> ByCommon() => _attempt.Candidates.OrderByDescending(candidate => candidate.Common);

    private ProbeCandidate Pick()
    {
        if (before.IsOfGenerator && after.IsOfGenerator)
        {
            return _attempt.Candidates.First(candidate => candidate.Rule.Preset == IdentityPreset.Generator);
        }

        var others = _attempt.Candidates.Where(candidate => candidate.Rule.Preset != IdentityPreset.Generator).ToList();
        var best = others.Max(candidate => candidate.Common);
        return others.First(candidate => candidate.Common >= AsGood * best);
    }

    private string Reason(ProbeCandidate chosen) => chosen.Rule.Preset == IdentityPreset.Generator
        ? $"the generator's header is in {before.OfGenerator} of the first {before.Count} frames before and in {after.OfGenerator} of "
            + $"{after.Count} after"
        : $"the strictest that knows as many of {_attempt.Sampled} sampled packets again as any: {ProbeProblems.Results(_attempt)}";
}
