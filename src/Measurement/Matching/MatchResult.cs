namespace Latlab.Measurement.Matching;

/// <summary>What a matcher counted, once it is done.</summary>
/// <param name="Counts">What became of every record.</param>
/// <param name="ClockStepsBefore">Times that the ingress tap's clock was set back by more than 1 ms.</param>
/// <param name="ClockStepsAfter">Times that the egress tap's clock was.</param>
/// <param name="ClockReturns">Times that either's stamps jumped ahead, for more than a packet, and returned: windows ended meanwhile.</param>
public sealed record MatchResult(MatchCounts Counts, long ClockStepsBefore, long ClockStepsAfter, long ClockReturns)
{
    /// <summary>The stamp after which the ingress tap's clock was first set back; null when it never was.</summary>
    public long? FirstStepBeforeNs { get; init; }

    /// <summary>The same of the egress tap's.</summary>
    public long? FirstStepAfterNs { get; init; }
}
