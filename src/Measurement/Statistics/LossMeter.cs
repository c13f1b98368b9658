using System.Numerics;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;

namespace Latlab.Measurement.Statistics;

/// <summary>
/// Loss periods and distances in sending order (RFC 3357 §5; from memory, the text could not be re-read): a period is a run of packets lost
/// one after the other, a distance the difference of the numbers of one lost packet and the next.
/// </summary>
internal sealed class LossMeter
{
    /// <summary>Lengths from here on are collected by powers of two.</summary>
    private const long Exact = 1024;

    private readonly SortedDictionary<long, long> _bursts = [];
    private readonly SortedDictionary<long, long> _distances = [];
    private long _number;
    private long _lastLost = -1;
    private long _burst;

    /// <summary>Packets lost.</summary>
    public long Lost { get; private set; }

    /// <summary>Packets of the longest loss period.</summary>
    public long LongestBurst { get; private set; }

    /// <summary>Adds settled packets, in sending order.</summary>
    public void Add(in SettledBatch packets)
    {
        if (packets.AllMatched)
        {
            EndBurst();
            _number += packets.Count;
            return;
        }

        foreach (var fate in packets.Fates)
        {
            if (fate is Fate.DuplicatedBefore or Fate.Recurred)
            {
                // Copies are no packets of the stream.
                continue;
            }

            if (fate == Fate.Lost)
            {
                AddLost();
            }
            else
            {
                EndBurst();
            }

            _number++;
        }
    }

    /// <summary>All that is known. To be called once, after the last packet.</summary>
    /// <param name="decided">Packets whose fate is known.</param>
    public LossStatistics Result(long decided)
    {
        EndBurst();
        return new LossStatistics
        {
            Ratio = decided == 0 ? 0 : (double)Lost / decided,
            Bursts = _bursts.Values.Sum(),
            LongestBurst = LongestBurst,
            BurstLengths = [.. _bursts.Select(burst => new LengthCount(burst.Key, burst.Value))],
            Distances = [.. _distances.Select(distance => new LengthCount(distance.Key, distance.Value))],
        };
    }

    private void AddLost()
    {
        Lost++;
        _burst++;
        if (_lastLost >= 0)
        {
            Count(_distances, _number - _lastLost);
        }

        _lastLost = _number;
    }

    private void EndBurst()
    {
        if (_burst > 0)
        {
            Count(_bursts, _burst);
            LongestBurst = Math.Max(LongestBurst, _burst);
            _burst = 0;
        }
    }

    private static void Count(SortedDictionary<long, long> counts, long length)
    {
        var collected = length < Exact ? length : 1L << BitOperations.Log2((ulong)length);
        counts[collected] = counts.GetValueOrDefault(collected) + 1;
    }
}
