using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Latlab.Measurement.Captures;

/// <summary>
/// Reads pcap files (draft-ietf-opsawg-pcap): Ethernet, microseconds or nanoseconds, either byte order. A batch is what lies whole in the buffer:
/// frames are described where they lie, and never copied. A damaged record is skipped up to the next that makes sense.
/// </summary>
internal sealed class PcapReader : IFrameSource
{
    public const int FileHeader = 24;

    /// <summary>Longest frame that is believed, in bytes: what libpcap writes at most.</summary>
    public const int LongestFrame = 256 * 1024;

    private const int RecordHeader = 16;
    private const int LinkTypeEthernet = 1;
    private const long NsPerSecond = 1_000_000_000;

    private readonly ByteSource _bytes;
    private readonly bool _swapped;
    private readonly uint _nsPerUnit;
    private bool _headerRead;
    private uint _lastSecond;

    /// <param name="bytes">The file, at its start, whose magic is one of <see cref="IsMagic"/>; owned.</param>
    /// <param name="facts">What is known of it.</param>
    public PcapReader(ByteSource bytes, CaptureFacts facts)
    {
        _bytes = bytes;
        Facts = facts;
        var magic = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Available);
        _swapped = magic is 0xD4C3B2A1 or 0x4D3CB2A1;
        _nsPerUnit = magic is 0xA1B23C4D or 0x4D3CB2A1 ? 1u : 1000u;
        facts.ResolutionNs = _nsPerUnit;
    }

    public CaptureFacts Facts { get; }

    /// <summary>Whether a file starts as pcap files do, as read in little-endian order.</summary>
    public static bool IsMagic(uint magic) => magic is 0xA1B2C3D4 or 0xA1B23C4D or 0xD4C3B2A1 or 0x4D3CB2A1;

    public bool Read(FrameBatch batch)
    {
        if (!_headerRead)
        {
            ReadHeader();
        }

        batch.Count = 0;
        while (_bytes.Ensure(RecordHeader))
        {
            batch.Bytes = _bytes.Buffer;
            var start = _bytes.Start;
            batch.Count = _swapped ? Parse(new Swapped(), batch) : Parse(new Native(), batch);
            if (batch.Count > 0)
            {
                Facts.Packets += batch.Count;
                Facts.Bytes = _bytes.Offset;
                return true;
            }

            if (_bytes.Start == start && !ReadOnOrSkip())
            {
                break;
            }
        }

        Tail();
        return false;
    }

    public void Dispose() => _bytes.Dispose();

    /// <summary>Describes the records that lie whole in the buffer, up to the first that makes no sense. The project's hottest loop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Parse<TOrder>(TOrder order, FrameBatch batch)
        where TOrder : struct, IByteOrder
    {
        var available = _bytes.Available;
        var room = batch.Room;
        var count = 0;
        var at = 0;
        while (count < room.Length && at + RecordHeader <= available.Length)
        {
            ref readonly var header = ref MemoryMarshal.AsRef<RecordFields>(available.Slice(at, RecordHeader));
            var second = order.Of(header.Second);
            var fraction = order.Of(header.Fraction) * (ulong)_nsPerUnit;
            var length = order.Of(header.Length);
            var wireLength = order.Of(header.WireLength);
            var next = at + RecordHeader + (long)length;
            if (next > available.Length || fraction >= NsPerSecond || length is 0 or > LongestFrame || (int)wireLength < 0)
            {
                break;
            }

            room[count++] = new Frame((second * NsPerSecond) + (long)fraction, _bytes.Start + at + RecordHeader, (int)length, (int)wireLength);
            at = (int)next;
        }

        if (count > 0)
        {
            _lastSecond = (uint)(room[count - 1].TimeNs / NsPerSecond);
        }

        _bytes.Take(at);
        return count;
    }

    /// <summary>The first record does not lie whole in the buffer: reads on, or skips it when it makes no sense. False at the end.</summary>
    private bool ReadOnOrSkip()
    {
        var header = MemoryMarshal.Read<RecordFields>(_bytes.Available);
        if (IsPlausible(header, 0))
        {
            var length = _swapped ? BinaryPrimitives.ReverseEndianness(header.Length) : header.Length;
            return _bytes.Ensure(RecordHeader + (int)length);
        }

        return Resynchronise();
    }

    /// <summary>
    /// Finds the next place where records make sense: one whose time is near and that is followed by another such one, or that ends the file. False, and
    /// nothing left, when there is none.
    /// </summary>
    private bool Resynchronise()
    {
        var from = _bytes.Offset;
        var zeros = _bytes.Available[0] == 0;
        while (_bytes.Ensure(RecordHeader))
        {
            var available = _bytes.Available;
            for (var at = 1; at + RecordHeader <= available.Length; at++)
            {
                zeros &= available[at] == 0;
                var header = MemoryMarshal.Read<RecordFields>(available[at..]);
                if (!IsPlausible(header, 1) || !IsFollowed(header, at))
                {
                    continue;
                }

                _bytes.Take(at);
                Facts.Add(from, $"garbage: {_bytes.Offset - from} bytes that are no records were skipped");
                return true;
            }

            _bytes.Take(Math.Max(1, available.Length - RecordHeader + 1));
        }

        var rest = _bytes.Offset + _bytes.Available.Length - from;
        _bytes.Take(_bytes.Available.Length);
        Facts.Add(from, zeros ? $"the last {rest} bytes are zeros: the file was never finished" : $"garbage: the last {rest} bytes are no records");
        return false;
    }

    private bool IsFollowed(in RecordFields header, int at)
    {
        var length = (int)(_swapped ? BinaryPrimitives.ReverseEndianness(header.Length) : header.Length);
        var next = at + RecordHeader + length;
        if (!_bytes.Ensure(next + RecordHeader))
        {
            return _bytes.Available.Length == next;
        }

        return IsPlausible(MemoryMarshal.Read<RecordFields>(_bytes.Available[next..]), 1);
    }

    /// <summary>Whether it can be a record; with <paramref name="strictness"/> 1, whether it is likely to be one of this capture.</summary>
    private bool IsPlausible(RecordFields header, int strictness)
    {
        const int farSeconds = 3600;
        if (_swapped)
        {
            header = new RecordFields(
                BinaryPrimitives.ReverseEndianness(header.Second),
                BinaryPrimitives.ReverseEndianness(header.Fraction),
                BinaryPrimitives.ReverseEndianness(header.Length),
                BinaryPrimitives.ReverseEndianness(header.WireLength));
        }

        // All zeros is what a file system leaves where a write never came: no frame is empty.
        var possible = header.Fraction * (ulong)_nsPerUnit < NsPerSecond && header.Length is > 0 and <= LongestFrame && (int)header.WireLength > 0;
        return possible && (strictness == 0
            || (header.WireLength >= header.Length
                && (_lastSecond == 0 || Math.Abs((long)header.Second - _lastSecond) <= farSeconds)));
    }

    private void ReadHeader()
    {
        _headerRead = true;
        if (!_bytes.Ensure(FileHeader))
        {
            throw new CaptureFormatException(
                $"{Facts.Name}: offset {_bytes.Available.Length}: the file ends within its header of {FileHeader} bytes; capture again");
        }

        var header = _bytes.Available;
        var snapLength = Field(header, 16);
        var network = Field(header, 20);
        // The upper bits say whether frames keep their FCS; identities do not look that far.
        var linkType = network & 0xFFFF;
        Facts.SnapLength = snapLength > int.MaxValue ? 0 : (int)snapLength;
        if (linkType != LinkTypeEthernet)
        {
            throw new CaptureFormatException(
                $"{Facts.Name}: offset 20: link type {linkType}, but only Ethernet (1) can be analysed; capture on an Ethernet device, and not on \"any\"");
        }

        _bytes.Take(FileHeader);
    }

    private void Tail()
    {
        if (_bytes.Available.Length > 0)
        {
            Facts.Add(_bytes.Offset, $"the file ends within a record: its last {_bytes.Available.Length} bytes are no whole one");
            _bytes.Take(_bytes.Available.Length);
        }

        Facts.Bytes = _bytes.Offset;
    }

    private uint Field(ReadOnlySpan<byte> header, int offset)
    {
        var value = BinaryPrimitives.ReadUInt32LittleEndian(header[offset..]);
        return _swapped ? BinaryPrimitives.ReverseEndianness(value) : value;
    }

    private interface IByteOrder
    {
        public uint Of(uint value);
    }

    private readonly struct Native : IByteOrder
    {
        public uint Of(uint value) => value;
    }

    private readonly struct Swapped : IByteOrder
    {
        public uint Of(uint value) => BinaryPrimitives.ReverseEndianness(value);
    }

    /// <summary>A record's header as it lies in the file.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct RecordFields(uint Second, uint Fraction, uint Length, uint WireLength);
}
