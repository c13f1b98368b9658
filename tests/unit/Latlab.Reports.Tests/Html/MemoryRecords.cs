using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;

namespace Latlab.Reports.Tests.Html;

/// <summary>A capture in memory.</summary>
internal sealed class MemoryRecords(CaptureFacts facts, IReadOnlyList<PacketRecord> records) : IRecordSource
{
    private int _next;

    public CaptureFacts Facts => facts;

    public int Read(Span<PacketRecord> target)
    {
        var count = Math.Min(target.Length, records.Count - _next);
        for (var index = 0; index < count; index++)
        {
            target[index] = records[_next++];
        }

        facts.Packets += count;
        return count;
    }

    public void Dispose()
    {
    }
}
