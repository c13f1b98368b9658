using System.Buffers.Binary;

namespace Latlab.Measurement.Captures;

/// <summary>
/// Writes Ethernet frames as a pcap file (draft-ietf-opsawg-pcap), with nanoseconds and little-endian unless asked otherwise. Keeps the
/// original length of frames that the capture cut. Not thread-safe.
/// </summary>
public sealed class PcapWriter : IFrameSink
{
    private const int FileHeader = 24;
    private const int RecordHeader = 16;
    private const uint NanosecondMagic = 0xA1B23C4D;
    private const uint MicrosecondMagic = 0xA1B2C3D4;
    private const uint LinkTypeEthernet = 1;
    private const long NsPerSecond = 1_000_000_000;

    private readonly Stream _stream;
    private readonly long _nsPerUnit;
    private readonly bool _bigEndian;
    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _used = FileHeader;
    private long _written;
    private bool _disposed;

    /// <summary>
    /// Starts a file on <paramref name="stream"/>, which it then owns. Frames are collected and written 256 KiB at a time.
    /// </summary>
    /// <param name="stream">Where to write.</param>
    /// <param name="snapLength">Most bytes of a frame that the capture keeps.</param>
    /// <param name="microseconds">Write microseconds; what is finer is cut off.</param>
    /// <param name="bigEndian">Write the file as a big-endian machine does.</param>
    public PcapWriter(Stream stream, int snapLength, bool microseconds = false, bool bigEndian = false)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(snapLength, _buffer.Length - RecordHeader);
        _stream = stream;
        _nsPerUnit = microseconds ? 1000 : 1;
        _bigEndian = bigEndian;
        Put(_buffer, microseconds ? MicrosecondMagic : NanosecondMagic);
        var version = bigEndian ? (Major: BinaryPrimitives.ReverseEndianness((ushort)2), Minor: BinaryPrimitives.ReverseEndianness((ushort)4)) : (Major: (ushort)2, Minor: (ushort)4);
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(4), version.Major);
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(6), version.Minor);
        Put(_buffer.AsSpan(16), (uint)snapLength);
        Put(_buffer.AsSpan(20), LinkTypeEthernet);
    }

    /// <summary>Bytes so far, those that are not written yet included.</summary>
    public long Length => _written + _used;

    /// <summary>Bytes that there would be with <paramref name="frame"/>.</summary>
    public long LengthWith(ReadOnlySpan<byte> frame) => Length + RecordHeader + frame.Length;

    /// <inheritdoc/>
    public void Write(long timeNs, ReadOnlySpan<byte> frame, int originalLength)
    {
        if (_used + RecordHeader + frame.Length > _buffer.Length)
        {
            WriteOut();
        }

        var record = _buffer.AsSpan(_used);
        Put(record, (uint)(timeNs / NsPerSecond));
        Put(record[4..], (uint)(timeNs % NsPerSecond / _nsPerUnit));
        Put(record[8..], (uint)frame.Length);
        Put(record[12..], (uint)originalLength);
        frame.CopyTo(record[RecordHeader..]);
        _used += RecordHeader + frame.Length;
    }

    /// <summary>Writes what was collected and closes the stream.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        try
        {
            WriteOut();
        }
        finally
        {
            _stream.Dispose();
        }
    }

    private void Put(Span<byte> bytes, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, _bigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);

    private void WriteOut()
    {
        _stream.Write(_buffer, 0, _used);
        _written += _used;
        _used = 0;
    }
}
