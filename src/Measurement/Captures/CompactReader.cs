using System.Buffers.Binary;
using System.Text;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Captures;

/// <summary>Reads a compact file. Damaged blocks are left out and noted.</summary>
public sealed class CompactReader : IRecordSource
{
    private readonly ByteSource _bytes;
    private readonly PacketRecord[] _records = new PacketRecord[CompactFormat.MostRecords];
    private readonly CompactBlock _columns = new();
    private int _count;
    private int _taken;
    private bool _ended;
    private bool _damaged;

    internal CompactReader(ByteSource bytes, CaptureFacts facts)
    {
        _bytes = bytes;
        Facts = facts;
        _bytes.Take(sizeof(ulong));
        ReadHeader();
    }

    /// <inheritdoc/>
    public CaptureFacts Facts { get; }

    /// <summary>The rule that made the keys, as text.</summary>
    public string Identity { get; private set; } = "";

    /// <summary>Names of the flows by index; known once the file was read to its end.</summary>
    public IReadOnlyList<string> Flows { get; private set; } = [];

    /// <inheritdoc/>
    public int Read(Span<PacketRecord> records)
    {
        while (_taken == _count)
        {
            if (_ended || !NextBlock(out var type, out var payload))
            {
                return 0;
            }

            Understand(type, payload);
            Facts.Bytes = _bytes.Offset;
        }

        var count = Math.Min(records.Length, _count - _taken);
        _records.AsSpan(_taken, count).CopyTo(records);
        _taken += count;
        return count;
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    private void ReadHeader()
    {
        if (!NextBlock(out var type, out var payload) || type != CompactFormat.HeaderBlock)
        {
            throw new CaptureFormatException($"{Facts.Name}: offset 8: the header of this file of records is damaged; capture again");
        }

        try
        {
            using var reader = new BinaryReader(new MemoryStream(payload.ToArray()), Encoding.UTF8);
            Facts.ResolutionNs = reader.ReadInt64();
            Identity = reader.ReadString();
        }
        catch (Exception exception) when (exception is IOException or FormatException or DecoderFallbackException)
        {
            throw new CaptureFormatException($"{Facts.Name}: offset 8: the header of this file of records is damaged; capture again", exception);
        }
    }

    /// <summary>Takes the next block that is whole. What lies before it is noted, once for each stretch.</summary>
    private bool NextBlock(out uint type, out ReadOnlySpan<byte> payload)
    {
        type = 0;
        payload = default;
        var from = _bytes.Offset;
        while (_bytes.Ensure(CompactFormat.BlockHeader))
        {
            var header = _bytes.Available;
            type = BinaryPrimitives.ReadUInt32LittleEndian(header);
            var length = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
            var known = type is CompactFormat.HeaderBlock or CompactFormat.RecordBlock or CompactFormat.FlowBlock or CompactFormat.EndBlock;
            if (known && length is >= 0 and <= CompactFormat.LongestPayload && _bytes.Ensure(CompactFormat.BlockHeader + length))
            {
                var block = _bytes.Available[..(CompactFormat.BlockHeader + length)];
                if (BinaryPrimitives.ReadUInt32LittleEndian(block[8..]) == CompactWriter.Crc(block[..8], block[CompactFormat.BlockHeader..]))
                {
                    NoteDamage(from);
                    _bytes.Take(block.Length);
                    payload = block[CompactFormat.BlockHeader..];
                    return true;
                }
            }

            _damaged = true;
            _bytes.Take(1);
        }

        NoteDamage(from);
        if (!_ended)
        {
            Facts.Add(_bytes.Offset, "the file has no end: what was captured last is missing, and so are the flows' names and the capture's drops");
        }

        _ended = true;
        return false;
    }

    private void NoteDamage(long from)
    {
        if (_damaged)
        {
            Facts.Add(from, $"garbage: {_bytes.Offset - from} bytes that are no whole block were skipped");
            _damaged = false;
        }
    }

    private void Understand(uint type, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case CompactFormat.RecordBlock:
                ReadRecords(payload);
                break;
            case CompactFormat.FlowBlock:
                ReadFlows(payload);
                break;
            case CompactFormat.EndBlock when payload.Length >= 24:
                End(
                    BinaryPrimitives.ReadInt64LittleEndian(payload),
                    BinaryPrimitives.ReadInt64LittleEndian(payload[8..]),
                    BinaryPrimitives.ReadInt64LittleEndian(payload[16..]));
                break;
            default:
                break;
        }
    }

    /// <summary>Whole blocks can be missing, and more can follow, without any checksum being wrong.</summary>
    private void End(long written, long unparsable, long drops)
    {
        _ended = true;
        if (Facts.Packets != written)
        {
            Facts.Add(_bytes.Offset, $"{Facts.Packets} of the {written} records that were written are left");
        }

        if (_bytes.Available.Length > 0 || (!_bytes.IsFollowed && _bytes.Ensure(1)))
        {
            Facts.Add(_bytes.Offset, "behind the end there is more, which was not read: give files that were put together one by one");
        }

        Facts.Unparsable = unparsable;
        Facts.Packets += unparsable;
        Facts.Drops = drops < 0 ? null : drops;
    }

    private void ReadRecords(ReadOnlySpan<byte> payload)
    {
        (_count, _taken) = (0, 0);
        var count = payload.Length >= 4 ? BinaryPrimitives.ReadInt32LittleEndian(payload) : 0;
        if (count is <= 0 or > CompactFormat.MostRecords)
        {
            return;
        }

        if (!_columns.Read(payload[4..], _records.AsSpan(0, count)))
        {
            Facts.Add(_bytes.Offset, "a block of records makes no sense although its checksum is right: it was written by something else");
            return;
        }

        var impossible = 0;
        foreach (ref var record in _records.AsSpan(0, count))
        {
            if (Stamps.Possible(record.TimeNs) != record.TimeNs)
            {
                record = record with { TimeNs = 0 };
                impossible++;
            }
        }

        if (impossible > 0)
        {
            Facts.Add(_bytes.Offset, Stamps.Problem(impossible));
        }

        _count = count;
        Facts.Packets += count;
    }

    private void ReadFlows(ReadOnlySpan<byte> payload)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(payload.ToArray()), Encoding.UTF8);
            var flows = new List<string>();
            for (var left = reader.ReadInt32(); left > 0; left--)
            {
                flows.Add(reader.ReadString());
            }

            Flows = flows;
        }
        catch (Exception exception) when (exception is IOException or FormatException or DecoderFallbackException)
        {
            Facts.Add(_bytes.Offset, "the flows' names make no sense; flows are shown by number");
        }
    }
}
