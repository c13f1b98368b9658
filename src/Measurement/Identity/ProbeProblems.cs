using System.Globalization;

namespace Latlab.Measurement.Identity;

/// <summary>Says what is wrong with two captures, and what to do.</summary>
internal static class ProbeProblems
{
    public static ProbeProblem Empty(ProbeHead capture) => new(
        ProbeProblemKind.Empty,
        $"{capture.Name} has no frames",
        "check its capture filter, and that traffic flowed");

    public static ProbeProblem SameCapture(ProbeHead before, ProbeHead after) => new(
        ProbeProblemKind.SameCapture,
        $"{before.Name} and {after.Name} are the same capture twice: their first frames have the same bytes and times",
        "give the one taken before the device and the one taken after it; --force analyses them all the same");

    public static ProbeProblem WrongOrder(ProbeHead before, ProbeHead after, ClockOffset offset) => new(
        ProbeProblemKind.WrongOrder,
        $"the two captures seem to be in the wrong order: all {offset.Packets} common packets of the sample were seen earlier in "
            + $"{after.Name} than in {before.Name}, by {-offset.MaxNs} to {-offset.MinNs} ns",
        "swap them, or, if the order is right, analyse them with --force and correct the clocks with --clock-offset");

    /// <summary>Nothing, or too little, in common.</summary>
    /// <param name="before">The capture before the device.</param>
    /// <param name="after">The one after it.</param>
    /// <param name="attempts">All that was tried.</param>
    /// <param name="best">The one that found most.</param>
    /// <param name="asked">The rule that the user asked for, or null.</param>
    /// <param name="mostCommon">The rule that knew most packets again.</param>
    public static ProbeProblem NothingInCommon(
        ProbeHead before,
        ProbeHead after,
        IReadOnlyList<ProbeAttempt> attempts,
        ProbeAttempt best,
        IdentityRule? asked,
        ProbeCandidate mostCommon)
    {
        var found = $"of {best.Sampled} sampled packets: {Results(best)}";
        if (asked is not null && mostCommon.Common >= best.Sampled / 2)
        {
            return new ProbeProblem(
                ProbeProblemKind.NothingInCommon,
                $"{before.Name} and {after.Name} have no packets in common under the identity {asked}, but under {mostCommon.Rule}",
                $"use that ({found})");
        }

        if (attempts.FirstOrDefault(attempt => !attempt.ReachedStart) is { } tooLate)
        {
            var (earlier, later) = before.FirstNs < after.FirstNs ? (before, after) : (after, before);
            return new ProbeProblem(
                ProbeProblemKind.NoOverlap,
                $"the captures do not overlap: as far as {earlier.Name} can be looked at, it ends {Seconds(later.FirstNs - tooLate.LastNs)} s "
                    + $"before {later.Name} starts, and they have no packets in common ({found})",
                "give captures of the same time, or, if only a clock is off, correct its stamps with editcap -t");
        }

        if (best.Candidates.First(candidate => candidate.Rule.Preset == IdentityPreset.Exact).Recurring >= best.Sampled / 2)
        {
            return new ProbeProblem(
                ProbeProblemKind.NothingInCommon,
                $"the packets of {before.Name} and {after.Name} cannot be told apart: under every identity most are the same as another one "
                    + $"({found})",
                "send packets that differ, by a number in the payload for example");
        }

        return new ProbeProblem(
            ProbeProblemKind.NothingInCommon,
            $"{before.Name} and {after.Name} have no packets in common ({found})",
            "check that both are of the same traffic and time, and if the device rewrites packets, give the bytes that it keeps, for example mask:payload+0-15");
    }

    /// <summary>Common packets of each rule: <c>exact 0, l2 0, l3 8190, nat 8190</c>.</summary>
    public static string Results(ProbeAttempt attempt) =>
        string.Join(", ", attempt.Candidates.Select(candidate => $"{candidate.Rule} {candidate.Common}"));

    private static string Seconds(long ns) => (ns / 1_000_000_000m).ToString("0.######", CultureInfo.InvariantCulture);
}
