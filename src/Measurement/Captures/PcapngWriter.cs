using System.Buffers.Binary;

namespace Latlab.Measurement.Captures;

/// <summary>
/// Writes Ethernet frames as a pcapng file (draft-ietf-opsawg-pcapng), little-endian: one section, one interface with nanoseconds, and at
/// the end its statistics with the capture's drops. Not thread-safe.
/// </summary>
public sealed class PcapngWriter : IFrameSink
{
    private readonly BufferedStream _stream;
    private readonly long _drops;

    /// <summary>Starts a file on <paramref name="stream"/>, which it then owns.</summary>
    /// <param name="stream">Where to write.</param>
    /// <param name="snapLength">Most bytes of a frame that the capture keeps.</param>
    /// <param name="drops">Frames that the capture missed, for the statistics at the end.</param>
    public PcapngWriter(Stream stream, int snapLength, long drops = 0)
    {
        _stream = new BufferedStream(stream, 256 * 1024);
        _drops = drops;
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

    /// <inheritdoc/>
    public void Write(long timeNs, ReadOnlySpan<byte> frame, int originalLength)
    {
        Span<byte> header = stackalloc byte[20];
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(timeNs >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], (uint)timeNs);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], (uint)frame.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], (uint)originalLength);
        WriteBlock(6, header, frame);
    }

    /// <summary>Writes the statistics and closes the stream.</summary>
    public void Dispose()
    {
        // isb_ifdrop, and the end of options.
        Span<byte> statistics = stackalloc byte[28];
        BinaryPrimitives.WriteUInt16LittleEndian(statistics[12..], 5);
        BinaryPrimitives.WriteUInt16LittleEndian(statistics[14..], 8);
        BinaryPrimitives.WriteInt64LittleEndian(statistics[16..], _drops);
        try
        {
            WriteBlock(5, statistics, []);
        }
        finally
        {
            _stream.Dispose();
        }
    }

    private void WriteBlock(uint type, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body)
    {
        var padding = -body.Length & 3;
        var length = 12 + header.Length + body.Length + padding;
        Span<byte> word = stackalloc byte[4];
        Put(word, type);
        Put(word, (uint)length);
        _stream.Write(header);
        _stream.Write(body);
        _stream.Write([0, 0, 0], 0, padding);
        Put(word, (uint)length);

        void Put(Span<byte> bytes, uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
            _stream.Write(bytes);
        }
    }
}
