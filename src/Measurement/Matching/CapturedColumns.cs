using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Matching;

/// <summary>Makes columns of when one tap saw packets, in the order of capture.</summary>
internal sealed class CapturedColumns
{
    private readonly long[] _gapsNs = new long[PacketColumns.Capacity];
    private long? _lastNs;

    /// <summary>The stamps of the next packets, at least one; holds until the next call.</summary>
    public CapturedBatch Next(ReadOnlySpan<long> timesNs)
    {
        var gapsNs = _gapsNs.AsSpan(0, timesNs.Length);
        gapsNs[0] = timesNs[0] - (_lastNs ?? 0);
        Columns.Subtract(timesNs[1..], timesNs, gapsNs[1..]);
        var isFirst = _lastNs is null;
        _lastNs = timesNs[^1];
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
