namespace Latlab.Measurement.Matching;

/// <summary>
/// Consecutive departures whose fates are known, in sending order, as columns of one length: what is the same for all of them is seen by a
/// vector instruction, and statistics need not go through what does not concern them. See <see cref="SettledPacket"/> for the columns.
/// </summary>
internal readonly ref struct SettledBatch
{
    public required ReadOnlySpan<long> SentNs { get; init; }

    public required ReadOnlySpan<long> LatencyNs { get; init; }

    public required ReadOnlySpan<ushort> Flows { get; init; }

    public required ReadOnlySpan<ushort> WireLengths { get; init; }

    public required ReadOnlySpan<Fate> Fates { get; init; }

    /// <summary>Position of the first.</summary>
    public required long Position { get; init; }

    /// <summary>Whether all arrived.</summary>
    public required bool AllMatched { get; init; }

    public int Count => SentNs.Length;

    /// <summary>Those from <paramref name="start"/> on.</summary>
    public SettledBatch Slice(int start, int length) => new()
    {
        SentNs = SentNs.Slice(start, length),
        LatencyNs = LatencyNs.Slice(start, length),
        Flows = Flows.Slice(start, length),
        WireLengths = WireLengths.Slice(start, length),
        Fates = Fates.Slice(start, length),
        Position = Position + start,
        AllMatched = AllMatched,
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
}
