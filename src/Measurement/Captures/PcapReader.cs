using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Latlab.Measurement.Captures;

/// <summary>
/// Reads pcap files (draft-ietf-opsawg-pcap): Ethernet, microseconds or nanoseconds, either byte order. A batch is what lies whole in the
/// buffer: frames are described where they lie, and never copied. A damaged record is skipped up to the next that makes sense.
/// </summary>
internal sealed class PcapReader : IFrameSource
{
    public const int FileHeader = 24;

    /// <summary>Longest frame that is believed, in bytes: what libpcap writes at most.</summary>
    public const int LongestFrame = 256 * 1024;

    private const int LinkTypeEthernet = 1;
    private const long NsPerSecond = 1_000_000_000;

    private readonly ByteSource _bytes;
    private readonly bool _swapped;
    private readonly uint _nsPerUnit;
    private readonly PcapRecovery _recovery;
    private bool _headerRead;
    private long _lastSecond = PcapRecovery.NoSecond;
    private bool _believesDoubtful;

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
        _recovery = new PcapRecovery(bytes, facts, _swapped, UnitsPerSecond);
    }

    public CaptureFacts Facts { get; }

    private uint UnitsPerSecond => (uint)NsPerSecond / _nsPerUnit;

    /// <summary>Whether a file starts as pcap files do, as read in little-endian order.</summary>
    public static bool IsMagic(uint magic) => magic is 0xA1B2C3D4 or 0xA1B23C4D or 0xD4C3B2A1 or 0x4D3CB2A1;

    public bool Read(FrameBatch batch)
    {
        if (!_headerRead)
        {
            ReadHeader();
        }

        batch.Count = 0;
        while (_bytes.Ensure(PcapRecordHeader.Size))
        {
            batch.Bytes = _bytes.Buffer;
            batch.RecordsFrom = _bytes.Offset - _bytes.Start - PcapRecordHeader.Size;
            var start = _bytes.Start;
            if (!(_swapped ? TryParseEven(new Swapped(), batch) : TryParseEven(new Native(), batch)))
            {
                batch.Count = _swapped ? Parse(new Swapped(), batch) : Parse(new Native(), batch);
            }

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

    /// <summary>
    /// The same as <see cref="Parse"/> for a full batch of records of one length, which lie where the length of the first says; false when
    /// it is none: batches are to be the same both ways.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryParseEven<TOrder>(TOrder order, FrameBatch batch)
        where TOrder : struct, IByteOrder
    {
        var available = _bytes.Available;
        var first = PcapRecordHeader.Of(available, _swapped);
        if (!first.IsPossible(UnitsPerSecond) || (first.IsDoubtful && !_believesDoubtful))
        {
            return false;
        }

        var distance = PcapRecordHeader.Size + (int)first.Length;
        if ((long)distance * FrameBatch.Capacity > available.Length)
        {
            return false;
        }

        var timesNs = batch.RoomForTimesNs;
        var usual = MemoryMarshal.Read<ulong>(available[8..]);
        var nsPerUnit = (ulong)_nsPerUnit;
        var lastSecond = _lastSecond;
        // Without bounds checks: as many records as there are stamps lie whole in what is available.
        ref var record = ref MemoryMarshal.GetReference(available);
        foreach (ref var timeNs in timesNs)
        {
            var second = order.Of(Unsafe.ReadUnaligned<uint>(ref record));
            var fraction = order.Of(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref record, 4))) * nsPerUnit;
            if (Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref record, 8)) != usual
                || fraction >= NsPerSecond
                || (ulong)(second - lastSecond + PcapRecordHeader.FarSeconds) > 2 * PcapRecordHeader.FarSeconds)
            {
                return false;
            }

            lastSecond = second;
            timeNs = (second * NsPerSecond) + (long)fraction;
            record = ref Unsafe.Add(ref record, distance);
        }

        _lastSecond = lastSecond;
        batch.SetEven(new Frame(0, _bytes.Start + PcapRecordHeader.Size, (int)first.Length, (int)first.WireLength), distance, FrameBatch.Capacity);
        _bytes.Take(FrameBatch.Capacity * distance);
        return true;
    }

    /// <summary>
    /// Describes the records that lie whole in the buffer, up to the first that makes no sense. The project's hottest loop.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Parse<TOrder>(TOrder order, FrameBatch batch)
        where TOrder : struct, IByteOrder
    {
        var available = _bytes.Available;
        var offset = _bytes.Start + PcapRecordHeader.Size;
        var room = batch.Room;
        var nsPerUnit = (ulong)_nsPerUnit;
        var believesDoubtful = _believesDoubtful;
        var lastSecond = _lastSecond;
        var usualLength = 0u;
        var count = 0;
        var at = 0;
        while (count < room.Length && at + PcapRecordHeader.Size <= available.Length)
        {
            ref readonly var header = ref MemoryMarshal.AsRef<PcapRecordHeader>(available.Slice(at, PcapRecordHeader.Size));
            var second = order.Of(header.Second);
            var fraction = order.Of(header.Fraction) * nsPerUnit;
            var length = order.Of(header.Length);
            var wireLength = order.Of(header.WireLength);
            // Where the next record lies hangs on a branch instead of on a load: the processor guesses it, and reads ahead.
            if (length != usualLength)
            {
                usualLength = length;
            }

            var next = (ulong)(uint)at + PcapRecordHeader.Size + usualLength;
            if (next > (uint)available.Length
                || fraction >= NsPerSecond
                || length - 1 >= LongestFrame
                || (int)wireLength < 0
                || (length > wireLength && !believesDoubtful)
                || (ulong)(second - lastSecond + PcapRecordHeader.FarSeconds) > 2 * PcapRecordHeader.FarSeconds)
            {
                break;
            }

            lastSecond = second;
            room[count++] = new Frame((second * NsPerSecond) + (long)fraction, offset + at, (int)length, (int)wireLength);
            at = (int)next;
        }

        _lastSecond = lastSecond;
        _bytes.Take(at);
        return count;
    }

    /// <summary>The first record in the buffer is not whole, or not what is expected. False at the end, when nothing is left.</summary>
    private bool ReadOnOrSkip()
    {
        var header = PcapRecordHeader.Of(_bytes.Available, _swapped);
        if (!header.IsPossible(UnitsPerSecond))
        {
            return _recovery.Skip(isCut: false, _believesDoubtful, ref _lastSecond);
        }

        if (!_bytes.Ensure(PcapRecordHeader.Size + (int)header.Length))
        {
            return _recovery.Skip(isCut: true, _believesDoubtful, ref _lastSecond);
        }

        var isExpected = (!header.IsDoubtful || _believesDoubtful) && (_lastSecond == PcapRecovery.NoSecond || header.IsNear(_lastSecond));
        if (!isExpected && !_recovery.IsFollowed(header))
        {
            return _recovery.Skip(isCut: false, _believesDoubtful, ref _lastSecond);
        }

        _believesDoubtful |= header.IsDoubtful;
        _lastSecond = header.Second;
        return true;
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
}
