using Latlab.Measurement.Captures;

namespace Latlab.Measurement.Identity;

/// <summary>
/// Looks at the first packets of two captures: which rule knows them again, how far the clocks are apart, and whether these are two
/// captures of the same traffic in the right order at all. The first 8,192 frames of each capture are looked for in the other: at its
/// start, whatever the clocks say, and then, for captures that started at different times, where the clocks say.
/// </summary>
public static class IdentityProbe
{
    private const int FramesFromStart = 1 << 18;

    /// <summary>
    /// How long before the later capture's first stamp the earlier one is looked at, in nanoseconds, and for how many frames.
    /// </summary>
    private static readonly (long LeadNs, int MostFrames)[] Stretches = [(10_000_000, 1 << 20), (1_000_000_000, 1 << 24)];

    private static readonly IdentityPreset[] Presets =
        [IdentityPreset.Generator, IdentityPreset.Exact, IdentityPreset.L2, IdentityPreset.L3, IdentityPreset.Nat];

    /// <summary>Looks.</summary>
    /// <param name="openBefore">
    /// Opens the capture before the device, each time from its start; of one that can be opened once only, <see cref="PeekedSource.Peek"/>.
    /// </param>
    /// <param name="openAfter">The same for the capture after it.</param>
    /// <param name="asked">The rule that the user asked for; null to pick one. A depth is set if it has none and frames are cut.</param>
    /// <param name="clockOffsetNs">What the user says that the later clock is ahead, in nanoseconds: stamps are judged less it.</param>
    /// <exception cref="IOException">A capture cannot be read.</exception>
    public static ProbeResult Run(
        Func<IFrameSource> openBefore, Func<IFrameSource> openAfter, IdentityRule? asked = null, long clockOffsetNs = 0)
    {
        var before = ReadHead(openBefore);
        var after = ReadHead(openAfter);
        if (before.Count == 0 || after.Count == 0)
        {
            return new ProbeResult { Problem = ProbeProblems.Empty(before.Count == 0 ? before : after) };
        }

        var depths = new[] { before.Depth, after.Depth }.Where(kept => kept > 0);
        var depth = depths.DefaultIfEmpty(0).Min();
        var askedInDepth = asked is null || asked.Depth > 0 || asked.Preset == IdentityPreset.Generator ? asked : asked with { Depth = depth };
        var rules = Presets.Select(preset => new IdentityRule(preset) { Depth = preset == IdentityPreset.Generator ? 0 : depth })
            .Where(rule => rule.Preset != asked?.Preset)
            .Prepend(askedInDepth).OfType<IdentityRule>().ToList();
        if (asked is null or { Preset: IdentityPreset.Generator } && before.IsOfGenerator && after.IsOfGenerator)
        {
            // It will be this one: four others need not be tried, unless they could tell more.
            var attempts = Attempt([.. rules.Where(rule => rule.Preset == IdentityPreset.Generator)]);
            if (attempts.Exists(attempt => attempt.IsGood))
            {
                return new ProbeChoice(before, after, attempts, clockOffsetNs).Choose(askedInDepth);
            }
        }

        return new ProbeChoice(before, after, Attempt(rules), clockOffsetNs).Choose(askedInDepth);

        List<ProbeAttempt> Attempt(List<IdentityRule> rules)
        {
            var attempts = new List<ProbeAttempt>();
            foreach (var attempt in Attempts(rules, before, after, openBefore, openAfter, clockOffsetNs))
            {
                attempts.Add(attempt);
                // Both captures' starts are always looked for: where packets recur, only one of the two may be right.
                if (attempts.Count > 1 && attempts.Exists(done => done.IsGood))
                {
                    break;
                }
            }

            return attempts;
        }
    }

    private static ProbeHead ReadHead(Func<IFrameSource> open)
    {
        using var source = open();
        return new ProbeHead(source);
    }

    private static IEnumerable<ProbeAttempt> Attempts(
        List<IdentityRule> rules, ProbeHead before, ProbeHead after, Func<IFrameSource> openBefore, Func<IFrameSource> openAfter,
        long clockOffsetNs)
    {
        yield return Attempt(before, long.MinValue, FramesFromStart);
        yield return Attempt(after, long.MinValue, FramesFromStart);
        var later = before.FirstNs > after.FirstNs - clockOffsetNs ? before : after;
        // By the other capture's clock.
        var laterFirstNs = later.FirstNs + (later == before ? clockOffsetNs : -clockOffsetNs);
        foreach (var (leadNs, mostFrames) in Stretches)
        {
            yield return Attempt(later, laterFirstNs - leadNs, mostFrames);
        }

        ProbeAttempt Attempt(ProbeHead sample, long fromNs, int mostFrames)
        {
            using var other = sample == before ? openAfter() : openBefore();
            return new ProbeAttempt(rules, sample, sample == before, other, fromNs, mostFrames);
        }
    }
}
