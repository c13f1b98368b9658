using System.Buffers.Binary;

namespace Latlab.Measurement.Captures;

/// <summary>
/// Writes Ethernet frames as a pcap file with nanosecond timestamps (magic 0xA1B23C4D, draft-ietf-opsawg-pcap), little-endian. Keeps the original
/// length of frames that the capture cut. Not thread-safe.
/// </summary>
public sealed class PcapWriter : IDisposable
{
    private const int FileHeader = 24;
    private const int RecordHeader = 16;
    private const uint NanosecondMagic = 0xA1B23C4D;
    private const uint LinkTypeEthernet = 1;
    private const long NsPerSecond = 1_000_000_000;

    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _used = FileHeader;
    private long _written;

    /// <summary>Starts a file on <paramref name="stream"/>, which it then owns. Frames are collected and written 256 KiB at a time.</summary>
    /// <param name="stream">Where to write.</param>
    /// <param name="snapLength">Most bytes of a frame that the capture keeps.</param>
    public PcapWriter(Stream stream, int snapLength)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(snapLength, _buffer.Length - RecordHeader);
        _stream = stream;
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer, NanosecondMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(4), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(6), 4);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(16), (uint)snapLength);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(20), LinkTypeEthernet);
    }

    /// <summary>Bytes so far, those that are not written yet included.</summary>
    public long Length => _written + _used;

    /// <summary>Bytes that there would be with <paramref name="frame"/>.</summary>
    public long LengthWith(ReadOnlySpan<byte> frame) => Length + RecordHeader + frame.Length;

    /// <summary>Adds a frame.</summary>
    /// <param name="timeNs">When it was captured, in nanoseconds since 1970, not negative.</param>
    /// <param name="frame">Its captured bytes.</param>
    /// <param name="originalLength">Its length on the wire.</param>
    /// <exception cref="IOException">The stream failed.</exception>
    public void Write(long timeNs, ReadOnlySpan<byte> frame, int originalLength)
    {
        if (_used + RecordHeader + frame.Length > _buffer.Length)
        {
            WriteOut();
        }

        var record = _buffer.AsSpan(_used);
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(timeNs / NsPerSecond));
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], (uint)(timeNs % NsPerSecond));
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], frame.Length);
        BinaryPrimitives.WriteInt32LittleEndian(record[12..], originalLength);
        frame.CopyTo(record[RecordHeader..]);
        _used += RecordHeader + frame.Length;
    }

    /// <summary>Writes what was collected and closes the stream.</summary>
    public void Dispose()
    {
        try
        {
            WriteOut();
        }
        finally
        {
            _stream.Dispose();
        }
    }

    private void WriteOut()
    {
        _stream.Write(_buffer, 0, _used);
        _written += _used;
        _used = 0;
    }
}
