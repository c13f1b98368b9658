namespace Latlab.Measurement.Matching;

/// <summary>
/// Consecutive departures that had one fate, in sending order, as columns of one length: statistics leave out at once what does not concern
/// them, and go through the rest by vector instructions. See <see cref="SettledPacket"/> for the columns.
/// </summary>
internal readonly ref struct SettledBatch
{
    public required ReadOnlySpan<long> SentNs { get; init; }

    public required ReadOnlySpan<long> LatencyNs { get; init; }

    public required ReadOnlySpan<ushort> Flows { get; init; }

    public required ReadOnlySpan<ushort> WireLengths { get; init; }

    /// <summary>Position of the first.</summary>
    public required long Position { get; init; }

    /// <summary>What became of each.</summary>
    public required Fate Fate { get; init; }

    /// <summary>Whether they are further records of packets, and no packets of the stream.</summary>
    public bool IsOfCopies => Fate is Fate.DuplicatedBefore or Fate.Recurred;

    public int Count => SentNs.Length;

    /// <summary>Those from <paramref name="start"/> on.</summary>
    public SettledBatch Slice(int start, int length) => new()
    {
        SentNs = SentNs.Slice(start, length),
        LatencyNs = LatencyNs.Slice(start, length),
        Flows = Flows.Slice(start, length),
        WireLengths = WireLengths.Slice(start, length),
        Position = Position + start,
        Fate = Fate,
    };
}

/// <summary>First arrivals, in the order of arrival, as columns of one length. See <see cref="ArrivedPacket"/> for the columns.</summary>
internal readonly ref struct ArrivedBatch
{
    public required ReadOnlySpan<long> ArrivedNs { get; init; }

    public required ReadOnlySpan<long> LatencyNs { get; init; }

    public required ReadOnlySpan<long> Positions { get; init; }

    public required ReadOnlySpan<ushort> Flows { get; init; }

    public int Count => ArrivedNs.Length;
}

/// <summary>As <see cref="IMatchObserver"/>, by columns.</summary>
internal interface IBatchObserver
{
    public void OnSettled(in SettledBatch packets);

    public void OnArrived(in ArrivedBatch packets);

    /// <summary>A packet arrived once more.</summary>
    /// <param name="flow">Its flow.</param>
    /// <param name="isFirst">Whether it is the first further arrival of a packet with a latency.</param>
    public void OnDuplicate(ushort flow, bool isFirst);
}
