using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Captures;

/// <summary>Writes packet records as a compact file. Not thread-safe.</summary>
public sealed class CompactWriter : IDisposable
{
    private readonly Stream _stream;
    private readonly PacketRecord[] _records = new PacketRecord[CompactFormat.MostRecords];
    private readonly CompactBlock _columns = new();
    private readonly byte[] _block = new byte[CompactFormat.BlockHeader + (CompactFormat.MostRecords * 24) + 1024];
    private int _count;
    private long _packets;

    /// <summary>Starts a file on <paramref name="stream"/>, which it then owns.</summary>
    /// <param name="stream">Where to write.</param>
    /// <param name="name">What was captured: a device or a file.</param>
    /// <param name="identity">The rule that made the keys, as text.</param>
    /// <param name="resolutionNs">Resolution of the stamps.</param>
    /// <exception cref="IOException">The stream failed.</exception>
    public CompactWriter(Stream stream, string name, string identity, long resolutionNs)
    {
        _stream = stream;
        Span<byte> magic = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(magic, CompactFormat.Magic);
        _stream.Write(magic);
        var payload = new MemoryStream();
        using (var writer = new BinaryWriter(payload, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(resolutionNs);
            writer.Write(identity);
            writer.Write(name);
        }

        WriteBlock(CompactFormat.HeaderBlock, payload.ToArray());
    }

    /// <summary>Adds records.</summary>
    /// <exception cref="IOException">The stream failed.</exception>
    public void Write(ReadOnlySpan<PacketRecord> records)
    {
        while (!records.IsEmpty)
        {
            var taken = Math.Min(records.Length, _records.Length - _count);
            records[..taken].CopyTo(_records.AsSpan(_count));
            _count += taken;
            _packets += taken;
            records = records[taken..];
            if (_count == _records.Length)
            {
                WriteRecords();
            }
        }
    }

    /// <summary>Writes what is pending, the flows' names and the end.</summary>
    /// <param name="flows">Names of the flows by index.</param>
    /// <param name="unparsable">Frames without an identity.</param>
    /// <param name="drops">Frames that the capture missed; null if unknown.</param>
    /// <exception cref="IOException">The stream failed.</exception>
    public void Complete(IReadOnlyList<string> flows, long unparsable, long? drops)
    {
        WriteRecords();
        var names = new MemoryStream();
        using (var writer = new BinaryWriter(names, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(flows.Count);
            foreach (var flow in flows)
            {
                writer.Write(flow);
            }
        }

        WriteBlock(CompactFormat.FlowBlock, names.ToArray());
        Span<byte> end = stackalloc byte[24];
        BinaryPrimitives.WriteInt64LittleEndian(end, _packets);
        BinaryPrimitives.WriteInt64LittleEndian(end[8..], unparsable);
        BinaryPrimitives.WriteInt64LittleEndian(end[16..], drops ?? -1);
        WriteBlock(CompactFormat.EndBlock, end);
        _stream.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private void WriteRecords()
    {
        if (_count == 0)
        {
            return;
        }

        var payload = _block.AsSpan(CompactFormat.BlockHeader);
        BinaryPrimitives.WriteInt32LittleEndian(payload, _count);
        var length = 4;
        length += _columns.Write(_records.AsSpan(0, _count), payload[length..]);
        _count = 0;
        WriteBlock(CompactFormat.RecordBlock, payload[..length]);
    }

    private void WriteBlock(uint type, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[CompactFormat.BlockHeader];
        BinaryPrimitives.WriteUInt32LittleEndian(header, type);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Crc(header[..8], payload));
        _stream.Write(header);
        _stream.Write(payload);
    }

    internal static uint Crc(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload) => ~Add(Add(0xFFFF_FFFF, header), payload);

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }
}
