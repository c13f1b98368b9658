using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Captures;

/// <summary>The records of a block of a compact file, as columns.</summary>
internal sealed class CompactBlock
{
    private static readonly int[] Widths = [8, 8, 4, 2, 2];

    private readonly ulong[][] _columns = [.. Widths.Select(_ => new ulong[CompactFormat.MostRecords])];

    /// <summary>Writes records; returns the length in bytes.</summary>
    /// <param name="records">At most <see cref="CompactFormat.MostRecords"/> of them, and one at least.</param>
    /// <param name="target">Where to; room for all columns whole and 16 bytes more for each.</param>
    public int Write(ReadOnlySpan<PacketRecord> records, Span<byte> target)
    {
        ulong[] times = _columns[0], keys = _columns[1], checks = _columns[2], flows = _columns[3], lengths = _columns[4];
        for (var i = 0; i < records.Length; i++)
        {
            ref readonly var record = ref records[i];
            times[i] = (ulong)record.TimeNs;
            keys[i] = record.Key;
            checks[i] = record.Check;
            flows[i] = record.Flow;
            lengths[i] = record.WireLength;
        }

        var length = 0;
        for (var column = 0; column < Widths.Length; column++)
        {
            length += CompactColumns.Write(_columns[column].AsSpan(0, records.Length), Widths[column], target[length..]);
        }

        return length;
    }

    /// <summary>Reads as many records as <paramref name="records"/> has room for; false when their columns make no sense.</summary>
    public bool Read(ReadOnlySpan<byte> source, Span<PacketRecord> records)
    {
        for (var column = 0; column < Widths.Length; column++)
        {
            var length = CompactColumns.Read(source, Widths[column], _columns[column].AsSpan(0, records.Length));
            if (length < 0)
            {
                return false;
            }

            source = source[length..];
        }

        ulong[] times = _columns[0], keys = _columns[1], checks = _columns[2], flows = _columns[3], lengths = _columns[4];
        for (var i = 0; i < records.Length; i++)
        {
            records[i] = new PacketRecord((long)times[i], keys[i], (uint)checks[i], (ushort)flows[i], (ushort)lengths[i]);
        }

        return true;
    }
}
