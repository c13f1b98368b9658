namespace Latlab.Measurement.Statistics;

/// <summary>
/// Counts reordered packets as RFC 4737 §3 does: one whose sequence number is less than the next expected of its flow. Only
/// first arrivals are to be added.
/// </summary>
public sealed class ReorderingCounter
{
    private readonly ulong[] _nextExpected = new ulong[ushort.MaxValue + 1];

    /// <summary>Packets that arrived after one of their flow with a higher sequence number.</summary>
    public long Reordered { get; private set; }

    /// <summary>Adds the next arrival.</summary>
    public void Add(ushort flow, ulong sequence)
    {
        ref var nextExpected = ref _nextExpected[flow];
        if (sequence < nextExpected)
        {
            Reordered++;
        }
        else
        {
            nextExpected = sequence + 1;
        }
    }
}
