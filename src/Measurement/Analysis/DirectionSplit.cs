using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Analysis;

/// <summary>Parts what a tap saw, a batch at a time, by the way that packets go. Not thread-safe.</summary>
/// <param name="flows">The tap's flows, and which way they go; the records are of these.</param>
public sealed class DirectionSplit(FlowTable flows)
{
    private readonly PacketRecord[] _forward = new PacketRecord[FrameBatch.Capacity];
    private readonly PacketRecord[] _reverse = new PacketRecord[FrameBatch.Capacity];
    private int _forwardCount;
    private int _reverseCount;

    /// <summary>Those of the batch that go the usual way.</summary>
    public Span<PacketRecord> Forward => _forward.AsSpan(0, _forwardCount);

    /// <summary>Those that go the other way.</summary>
    public Span<PacketRecord> Reverse => _reverse.AsSpan(0, _reverseCount);

    /// <summary>How far the tap has come, in nanoseconds of its own clock: neither way holds up the other tap when nothing goes it.</summary>
    public long TimeNs { get; private set; } = long.MinValue;

    /// <summary>Parts the next batch.</summary>
    /// <param name="records">At least one and at most <see cref="FrameBatch.Capacity"/>.</param>
    public void Take(ReadOnlySpan<PacketRecord> records)
    {
        // One stamp from the far future, or past, does not count.
        TimeNs = Middle(records[0].TimeNs, records[records.Length / 2].TimeNs, records[^1].TimeNs);
        (_forwardCount, _reverseCount) = (0, 0);
        foreach (ref readonly var record in records)
        {
            if (flows.IsReverse(record.Flow))
            {
                _reverse[_reverseCount++] = record;
            }
            else
            {
                _forward[_forwardCount++] = record;
            }
        }
    }

    private static long Middle(long a, long b, long c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
