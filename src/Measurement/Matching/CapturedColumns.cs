namespace Latlab.Measurement.Matching;

/// <summary>Makes columns of what one tap saw, in the order of capture.</summary>
internal sealed class CapturedColumns
{
    public const int Capacity = 512;

    private readonly long[] _timesNs = new long[Capacity];
    private readonly long[] _gapsNs = new long[Capacity];
    private long? _lastNs;

    /// <summary>The next packets, at most <see cref="Capacity"/>; holds until the next call.</summary>
    public CapturedBatch Next(ReadOnlySpan<PacketRecord> packets)
    {
        var timesNs = _timesNs.AsSpan(0, packets.Length);
        var gapsNs = _gapsNs.AsSpan(0, packets.Length);
        var lastNs = _lastNs ?? 0;
        for (var i = 0; i < packets.Length; i++)
        {
            var timeNs = packets[i].TimeNs;
            timesNs[i] = timeNs;
            gapsNs[i] = timeNs - lastNs;
            lastNs = timeNs;
        }

        var isFirst = _lastNs is null;
        _lastNs = lastNs;
        return new CapturedBatch { TimesNs = timesNs, GapsNs = isFirst ? gapsNs[1..] : gapsNs };
    }
}

/// <summary>Packets of one tap as columns, in nanoseconds.</summary>
internal readonly ref struct CapturedBatch
{
    /// <summary>When each was captured; at least one.</summary>
    public required ReadOnlySpan<long> TimesNs { get; init; }

    /// <summary>Time since the packet before it, negative where the clock went back; the first packet of all has none.</summary>
    public required ReadOnlySpan<long> GapsNs { get; init; }
}
