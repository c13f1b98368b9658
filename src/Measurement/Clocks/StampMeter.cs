using System.Numerics;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Clocks;

/// <summary>What one capture's stamps say of its clock.</summary>
public sealed class StampMeter
{
    /// <summary>Differences that the granularity is found from.</summary>
    private const int MostDifferences = 100_000;

    private long _lastNs = long.MinValue;
    private long _granularityNs;
    private int _differences;

    /// <summary>First stamp; null when there is none.</summary>
    public long? FirstNs { get; private set; }

    /// <summary>Latest stamp; null when there is none.</summary>
    public long? LatestNs { get; private set; }

    /// <summary>Packets.</summary>
    public long Packets { get; private set; }

    /// <summary>Packets with the stamp of the one just before.</summary>
    public long Repeated { get; private set; }

    /// <summary>Packets with the stamp 0: the capture did not stamp them.</summary>
    public long Missing { get; private set; }

    /// <summary>Greatest common divisor of the first differences of stamps, in nanoseconds; 0 when there are none.</summary>
    public long GranularityNs => _granularityNs;

    /// <summary>Adds packets in the order of capture.</summary>
    public void Add(ReadOnlySpan<PacketRecord> packets)
    {
        if (packets.IsEmpty)
        {
            return;
        }

        FirstNs ??= packets[0].TimeNs;
        var last = _lastNs;
        var latest = LatestNs ?? packets[0].TimeNs;
        var repeated = 0;
        var missing = 0;
        foreach (ref readonly var packet in packets)
        {
            var timeNs = packet.TimeNs;
            repeated += timeNs == last ? 1 : 0;
            missing += timeNs == 0 ? 1 : 0;
            latest = Math.Max(latest, timeNs);
            last = timeNs;
        }

        if (_differences < MostDifferences && _granularityNs != 1)
        {
            RefineGranularity(packets);
        }

        (_lastNs, LatestNs) = (last, latest);
        Packets += packets.Length;
        Repeated += repeated;
        Missing += missing;
    }

    private void RefineGranularity(ReadOnlySpan<PacketRecord> packets)
    {
        for (var i = 1; i < packets.Length && _granularityNs != 1; i++)
        {
            var difference = Math.Abs(packets[i].TimeNs - packets[i - 1].TimeNs);
            _granularityNs = (long)BigInteger.GreatestCommonDivisor(_granularityNs, difference);
            _differences++;
        }
    }
}
