using System.Buffers.Binary;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Captures;

/// <summary>
/// Reads MoonSniff's mscap files: records of a 64-bit stamp in nanoseconds and a 32-bit id, little-endian, without a header. MoonSniff's
/// logger lost the upper bits of its stamps, which then wrap at 2³² ns (4.29 s); where asked for, a stamp that falls by more than half of
/// that is taken to have wrapped, and each such place is counted. One that then rises by nearly 2³² ns is taken to be late, from before the
/// wrap, and not to come after 4.2 s of silence.
/// </summary>
internal sealed class MscapReader(ByteSource bytes, CaptureFacts facts, bool repairWraps) : IRecordSource
{
    private const int Record = 12;
    private const long Wrap = 1L << 32;
    private const long MostLateNs = 100_000_000;

    private readonly StepBackWatch _stepBack = new();
    private long _lastNs = long.MinValue;
    private long _addNs;

    public CaptureFacts Facts => facts;

    public int Read(Span<PacketRecord> records)
    {
        var count = 0;
        while (count < records.Length && bytes.Ensure(Record))
        {
            var timeNs = BinaryPrimitives.ReadInt64LittleEndian(bytes.Available);
            var id = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Available[8..]);
            if (Stamps.Possible(timeNs) != timeNs)
            {
                facts.Add(bytes.Offset, Stamps.Problem(1));
                timeNs = 0;
            }

            timeNs = Repair(timeNs);
            if (!_stepBack.IsDone && _stepBack.Find([timeNs]) == 0)
            {
                facts.FirstStepBackOffset = bytes.Offset;
            }

            bytes.Take(Record);
            records[count++] = new PacketRecord(timeNs, id, 0, 0);
        }

        if (count == 0 && bytes.Available.Length > 0)
        {
            facts.Add(bytes.Offset, $"the file ends within a record: its last {bytes.Available.Length} bytes are no whole one");
            bytes.Take(bytes.Available.Length);
        }

        facts.Packets += count;
        facts.Bytes = bytes.Offset;
        return count;
    }

    public void Dispose() => bytes.Dispose();

    private long Repair(long timeNs)
    {
        if (!repairWraps)
        {
            // A clock that was set once is no wrap: stamps of 64 bits are far above.
            facts.WrapsSeen += timeNs is >= 0 and < Wrap && _lastNs is >= 0 and < Wrap && timeNs < _lastNs - (Wrap / 2) ? 1 : 0;
            _lastNs = timeNs;
            return timeNs;
        }

        // A packet from just before a wrap that came a little late.
        if (_addNs > 0 && timeNs > _lastNs + Wrap - MostLateNs)
        {
            return timeNs + _addNs - Wrap;
        }

        if (_lastNs != long.MinValue && timeNs < _lastNs - (Wrap / 2))
        {
            _addNs += Wrap;
            facts.WrapsRepaired++;
        }

        _lastNs = timeNs;
        return timeNs + _addNs;
    }
}
