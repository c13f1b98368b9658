using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;

namespace Latlab.Measurement.Statistics;

/// <summary>
/// Loss periods and distances in sending order (RFC 3357 §5; from memory, the text could not be re-read): a period is a run of packets lost
/// one after the other, a distance the difference of the numbers of one lost packet and the next.
/// </summary>
internal sealed class LossMeter
{
    private readonly LengthCounts _bursts = new();
    private readonly LengthCounts _distances = new();
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
        if (packets.IsOfCopies)
        {
            return;
        }

        if (packets.Fate == Fate.Lost)
        {
            AddLost(packets.Count);
        }
        else
        {
            EndBurst();
        }

        _number += packets.Count;
    }

    /// <summary>All that is known. To be called once, after the last packet.</summary>
    /// <param name="decided">Packets whose fate is known.</param>
    public LossStatistics Result(long decided)
    {
        EndBurst();
        return new LossStatistics
        {
            Ratio = decided == 0 ? 0 : (double)Lost / decided,
            Bursts = _bursts.Total,
            LongestBurst = LongestBurst,
            BurstLengths = _bursts.Result(),
            Distances = _distances.Result(),
        };
    }

    private void AddLost(int count)
    {
        if (_lastLost >= 0)
        {
            _distances.Add(_number - _lastLost, 1);
        }

        _distances.Add(1, count - 1);
        _lastLost = _number + count - 1;
        Lost += count;
        _burst += count;
    }

    private void EndBurst()
    {
        if (_burst > 0)
        {
            _bursts.Add(_burst, 1);
            LongestBurst = Math.Max(LongestBurst, _burst);
            _burst = 0;
        }
    }
}
