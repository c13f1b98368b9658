using System.Buffers.Binary;

namespace Latlab.Measurement.Captures;

/// <summary>
/// Writes Ethernet frames as a pcapng file (draft-ietf-opsawg-pcapng), little-endian: one section, one interface with nanoseconds, and at
/// the end its statistics with the capture's drops. Not thread-safe.
/// </summary>
public sealed class PcapngWriter : IFrameSink
{
    /// <summary>Type and length before what is in a block, and the length again after it.</summary>
    private const int BlockOverhead = 12;

    /// <summary>Fields of a packet block before the frame.</summary>
    private const int PacketFields = 20;

    private const int MostPadding = 3;

    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _used;
    private bool _disposed;

    /// <summary>
    /// Starts a file on <paramref name="stream"/>, which it then owns. Frames are collected and written 256 KiB at a time.
    /// </summary>
    /// <param name="stream">Where to write.</param>
    /// <param name="snapLength">Most bytes of a frame that the capture keeps.</param>
    public PcapngWriter(Stream stream, int snapLength)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(snapLength, _buffer.Length - BlockOverhead - PacketFields - MostPadding);
        _stream = stream;
        Span<byte> section = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(section, 0x1A2B3C4D);
        BinaryPrimitives.WriteUInt16LittleEndian(section[4..], 1);
        BinaryPrimitives.WriteInt64LittleEndian(section[8..], -1);
        WriteBlock(PcapngBlocks.SectionHeader, section, []);
        Span<byte> description = stackalloc byte[20];
        BinaryPrimitives.WriteUInt16LittleEndian(description, 1);
        BinaryPrimitives.WriteUInt32LittleEndian(description[4..], (uint)snapLength);
        // if_tsresol: 10⁻⁹ s.
        BinaryPrimitives.WriteUInt16LittleEndian(description[8..], 9);
        BinaryPrimitives.WriteUInt16LittleEndian(description[10..], 1);
        description[12] = 9;
        WriteBlock(1, description, []);
    }

    /// <summary>
    /// Frames that the capture missed, for the statistics at the end: to be set before <see cref="Dispose"/>, as it is known only when the
    /// capture is over. Null when it is not known: then the file says nothing, and not that there were none.
    /// </summary>
    public long? Drops { get; set; }

    /// <inheritdoc/>
    public void Write(long timeNs, ReadOnlySpan<byte> frame, int originalLength)
    {
        Span<byte> header = stackalloc byte[PacketFields];
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(timeNs >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], (uint)timeNs);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], (uint)frame.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], (uint)originalLength);
        WriteBlock(6, header, frame);
    }

    /// <summary>Writes the statistics, if there are <see cref="Drops"/>, and closes the stream.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        try
        {
            if (Drops is { } drops)
            {
                WriteStatistics(drops);
            }

            WriteOut();
        }
        finally
        {
            _stream.Dispose();
        }
    }

    private void WriteStatistics(long drops)
    {
        // isb_ifdrop, and the end of options.
        Span<byte> statistics = stackalloc byte[28];
        BinaryPrimitives.WriteUInt16LittleEndian(statistics[12..], 5);
        BinaryPrimitives.WriteUInt16LittleEndian(statistics[14..], 8);
        BinaryPrimitives.WriteInt64LittleEndian(statistics[16..], drops);
        WriteBlock(5, statistics, []);
    }

    private void WriteBlock(uint type, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body)
    {
        var padding = -body.Length & 3;
        var length = BlockOverhead + header.Length + body.Length + padding;
        if (_used + length > _buffer.Length)
        {
            WriteOut();
        }

        var block = _buffer.AsSpan(_used, length);
        BinaryPrimitives.WriteUInt32LittleEndian(block, type);
        BinaryPrimitives.WriteUInt32LittleEndian(block[4..], (uint)length);
        header.CopyTo(block[8..]);
        body.CopyTo(block[(8 + header.Length)..]);
        block.Slice(length - 4 - padding, padding).Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(block[^4..], (uint)length);
        _used += length;
    }

    private void WriteOut()
    {
        _stream.Write(_buffer, 0, _used);
        _used = 0;
    }
}
