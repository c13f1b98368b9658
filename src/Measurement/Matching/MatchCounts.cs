namespace Latlab.Measurement.Matching;

/// <summary>
/// What became of every record of both taps. Each record of the ingress tap is in exactly one of those that <see cref="Before"/> sums, each
/// of the egress tap in exactly one of those that <see cref="After"/> sums.
/// </summary>
public sealed class MatchCounts
{
    /// <summary>Records of the ingress tap.</summary>
    public long Before => WarmUpBefore + Matched + Lost + Undecided + Negative + Implausible + DuplicatedBefore + Recurred;

    /// <summary>Records of the egress tap.</summary>
    public long After => WarmUpAfter + Matched + Negative + Implausible + DuplicatedAfter + ArrivedBeforeStart + UnmatchedAfter;

    /// <summary>Records of the ingress tap that the warm-up leaves out.</summary>
    public long WarmUpBefore { get; internal set; }

    /// <summary>Records of the egress tap that the warm-up leaves out: of packets that departed in it, or unmatched in it.</summary>
    public long WarmUpAfter { get; internal set; }

    /// <summary>Packets whose first arrival came within the window, not stamped before their departure.</summary>
    public long Matched { get; internal set; }

    /// <summary>Packets without an arrival within the window.</summary>
    public long Lost { get; internal set; }

    /// <summary>Packets without an arrival that departed less than one window before the end of the captures.</summary>
    public long Undecided { get; internal set; }

    /// <summary>Packets whose first arrival is stamped before their departure.</summary>
    public long Negative { get; internal set; }

    /// <summary>See <see cref="Fate.Implausible"/>.</summary>
    public long Implausible { get; internal set; }

    /// <summary>See <see cref="Fate.DuplicatedBefore"/>.</summary>
    public long DuplicatedBefore { get; internal set; }

    /// <summary>See <see cref="Fate.Recurred"/>.</summary>
    public long Recurred { get; internal set; }

    /// <summary>Further arrivals, within the window, of packets that had arrived (RFC 5560).</summary>
    public long DuplicatedAfter { get; internal set; }

    /// <summary>Arrivals without a departure in the captures' first window: they may have departed before the captures began.</summary>
    public long ArrivedBeforeStart { get; internal set; }

    /// <summary>Arrivals of packets that departed more than one window earlier or later, or not at all.</summary>
    public long UnmatchedAfter { get; internal set; }

    /// <summary>Packets with more than one arrival (RFC 5560). No part of the sums.</summary>
    public long Replicated { get; internal set; }

    /// <summary>Departures whose arrivals, or want of them, are known.</summary>
    internal long Decided => Matched + Lost + Negative + Implausible;

    /// <summary>Departures but for further records of the same packets.</summary>
    internal long Sent => Decided + Undecided;

    /// <summary>First arrivals of packets that departed.</summary>
    internal long Arrived => Matched + Negative + Implausible;

    /// <summary>A further arrival.</summary>
    /// <param name="isFirst">Whether it is the first further one of a packet with a latency.</param>
    internal void CountDuplicate(bool isFirst)
    {
        DuplicatedAfter++;
        Replicated += isFirst ? 1 : 0;
    }

    internal void Count(in SettledBatch packets)
    {
        switch (packets.Fate)
        {
            case Fate.Matched:
                Matched += packets.Count;
                break;
            case Fate.Lost:
                Lost += packets.Count;
                break;
            case Fate.Undecided:
                Undecided += packets.Count;
                break;
            case Fate.DuplicatedBefore:
                DuplicatedBefore += packets.Count;
                break;
            case Fate.Recurred:
                Recurred += packets.Count;
                break;
            case Fate.Negative:
                Negative += packets.Count;
                break;
            case Fate.Implausible:
                Implausible += packets.Count;
                break;
            default:
                throw new InvalidOperationException($"A departure with fate {packets.Fate} was handed on.");
        }
    }
}
