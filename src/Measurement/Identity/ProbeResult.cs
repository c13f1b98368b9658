using Latlab.Measurement.Results;

namespace Latlab.Measurement.Identity;

/// <summary>What the first packets of two captures say about how to match them.</summary>
public sealed record ProbeResult
{
    /// <summary>
    /// The rule to use, with its depth; null when there is nothing in common under any rule (or under the one that was asked for).
    /// </summary>
    public IdentityRule? Rule { get; init; }

    /// <summary>The rule for results, and why it was picked; null without a rule.</summary>
    public IdentitySummary? Summary { get; init; }

    /// <summary>What was tried, in the order of preference.</summary>
    public IReadOnlyList<ProbedRule> Tried { get; init; } = [];

    /// <summary>The clocks' offset; null when there is nothing in common.</summary>
    public ClockOffset? Offset { get; init; }

    /// <summary>Set when both captures have packets of both directions.</summary>
    public TrafficDirections? Directions { get; init; }

    /// <summary>What speaks against an analysis; null if nothing. There may be a rule nevertheless, for a user who insists.</summary>
    public ProbeProblem? Problem { get; init; }
}

/// <summary>How a rule fared on a sample of one capture's packets.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Sampled">Packets of the sample, those that the rule cannot know included.</param>
/// <param name="Common">Packets that are unique in the sample and were found in the other capture.</param>
/// <param name="Recurring">Packets that are the same as an earlier one of the sample under this rule.</param>
public sealed record ProbedRule(IdentityRule Rule, int Sampled, int Common, int Recurring);

/// <summary>After − before over common packets, in nanoseconds: latency plus what the clocks are apart.</summary>
/// <param name="Packets">Common packets that it was taken from.</param>
/// <param name="MinNs">Lowest.</param>
/// <param name="MedianNs">Median, the lower one of an even number.</param>
/// <param name="MaxNs">Highest.</param>
public sealed record ClockOffset(int Packets, long MinNs, long MedianNs, long MaxNs)
{
    private const long NsPerSecond = 1_000_000_000;

    /// <summary>What is left of it when the later clock's stamps are corrected by <paramref name="takenOffNs"/>.</summary>
    internal ClockOffset Less(long takenOffNs) =>
        this with { MinNs = MinNs - takenOffNs, MedianNs = MedianNs - takenOffNs, MaxNs = MaxNs - takenOffNs };

    /// <summary>Of after − before of single packets; at least one.</summary>
    internal static ClockOffset Of(IEnumerable<long> differencesNs)
    {
        long[] sorted = [.. differencesNs.Order()];
        return new ClockOffset(sorted.Length, sorted[0], sorted[(sorted.Length - 1) / 2], sorted[^1]);
    }

    /// <summary>Whole seconds nearest to the median: 37 when one clock has TAI and the other UTC (since 2017); 0 for none.</summary>
    public long WholeSeconds => (MedianNs + (MedianNs < 0 ? -NsPerSecond / 2 : NsPerSecond / 2)) / NsPerSecond;

    /// <summary>The lowest without the whole seconds.</summary>
    public long RemainderMinNs => MinNs - (WholeSeconds * NsPerSecond);
}

/// <summary>Why two captures should not be analysed as they are.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Finding">The problem, for the user.</param>
/// <param name="Remedy">What to do about two files. Of captures that are being made it may be something else.</param>
public sealed record ProbeProblem(ProbeProblemKind Kind, string Finding, string Remedy)
{
    /// <summary>The problem and its remedy.</summary>
    public string Message => $"{Finding}; {Remedy}";
}

/// <summary>Kinds of <see cref="ProbeProblem"/>.</summary>
public enum ProbeProblemKind
{
    /// <summary>A capture has no frames.</summary>
    Empty,

    /// <summary>No packet of the sample is in both.</summary>
    NothingInCommon,

    /// <summary>By their clocks one capture ended before the other began, and no packet is in both.</summary>
    NoOverlap,

    /// <summary>Each common packet was seen after the device before it was seen before it.</summary>
    WrongOrder,

    /// <summary>Both captures have the same frames with the same times.</summary>
    SameCapture,
}
