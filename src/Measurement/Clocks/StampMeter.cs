using System.Numerics;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Clocks;

/// <summary>What one capture's stamps say of its clock.</summary>
/// <param name="missingNs">The stamp of packets that have none: 0, less what was taken off all.</param>
public sealed class StampMeter(long missingNs = 0)
{
    /// <summary>Differences that the granularity is found from.</summary>
    private const int MostDifferences = 100_000;

    private long _granularityNs;
    private int _differences;

    /// <summary>First stamp that is not missing; null when there is none.</summary>
    public long? FirstNs { get; private set; }

    /// <summary>Last stamp, in the order of capture, that is not missing; null when there is none.</summary>
    public long? LastNs { get; private set; }

    /// <summary>Packets.</summary>
    public long Packets { get; private set; }

    /// <summary>Packets with the stamp of the one just before.</summary>
    public long Repeated { get; private set; }

    /// <summary>Packets that the capture did not stamp: with the stamp 0.</summary>
    public long Missing { get; private set; }

    /// <summary>Greatest common divisor of the first gaps between stamps, in nanoseconds; 0 when there are none.</summary>
    public long GranularityNs => _granularityNs;

    /// <summary>Adds packets in the order of capture.</summary>
    internal void Add(in CapturedBatch packets)
    {
        FirstNs ??= packets.TimesNs.IndexOfAnyExcept(missingNs) is >= 0 and var first ? packets.TimesNs[first] : null;
        LastNs = packets.TimesNs.LastIndexOfAnyExcept(missingNs) is >= 0 and var last ? packets.TimesNs[last] : LastNs;
        Packets += packets.TimesNs.Length;
        Repeated += packets.GapsNs.Count(0L);
        Missing += packets.TimesNs.Count(missingNs);
        if (_differences < MostDifferences && _granularityNs != 1)
        {
            RefineGranularity(packets.GapsNs);
        }
    }

    private void RefineGranularity(ReadOnlySpan<long> gapsNs)
    {
        for (var i = 0; i < gapsNs.Length && _granularityNs != 1; i++)
        {
            if (gapsNs[i] > 0)
            {
                _granularityNs = (long)BigInteger.GreatestCommonDivisor(_granularityNs, gapsNs[i]);
                _differences++;
            }
        }
    }
}
