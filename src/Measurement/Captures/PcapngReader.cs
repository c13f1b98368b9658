using System.Buffers.Binary;

namespace Latlab.Measurement.Captures;

/// <summary>
/// Reads pcapng files (draft-ietf-opsawg-pcapng): several sections and interfaces, either byte order, any resolution of stamps, and the capture's own
/// drops from interface statistics. Interfaces that are not Ethernet are left out.
/// </summary>
internal sealed class PcapngReader : IFrameSource
{
    public const uint SectionHeader = 0x0A0D0D0A;

    /// <summary>Longest block that is believed, in bytes.</summary>
    private const int LongestBlock = 16 * 1024 * 1024;

    private const uint ByteOrderMagic = 0x1A2B3C4D;
    private const int BlockFrame = 12;
    private const uint InterfaceDescription = 1;
    private const uint ObsoletePacket = 2;
    private const uint SimplePacket = 3;
    private const uint InterfaceStatistics = 5;
    private const uint EnhancedPacket = 6;

    private readonly ByteSource _bytes;
    private readonly List<PcapngInterface> _interfaces = [];
    private bool _swapped;
    private bool _damaged;
    private bool _anyEthernet;
    private string? _otherLinkType;

    /// <param name="bytes">The file, at its start; owned.</param>
    /// <param name="facts">What is known of it.</param>
    public PcapngReader(ByteSource bytes, CaptureFacts facts)
    {
        _bytes = bytes;
        Facts = facts;
    }

    public CaptureFacts Facts { get; }

    public bool Read(FrameBatch batch)
    {
        batch.Count = 0;
        while (batch.Count < FrameBatch.Capacity && NextBlock(batch.Count == 0, out var type, out var length))
        {
            batch.Bytes = _bytes.Buffer;
            var start = _bytes.Start;
            // Taken first: what follows in the block may make the buffer be filled anew only once the batch was handed over.
            var block = _bytes.Available[..length];
            _bytes.Take(length);
            Understand(type, block[8..^4], start + 8, batch);
        }

        Facts.Bytes = _bytes.Offset;
        if (batch.Count == 0 && !_anyEthernet && _otherLinkType is not null)
        {
            throw new CaptureFormatException(
                $"{Facts.Name}: only Ethernet can be analysed, but {_otherLinkType}; capture on an Ethernet device, and not on \"any\"");
        }

        return batch.Count > 0;
    }

    public void Dispose() => _bytes.Dispose();

    /// <summary>
    /// Makes the next block lie whole in the buffer. Not by reading when <paramref name="mayRead"/> is false: frames that were described before lie
    /// there. False at the end of the file or of what lies there.
    /// </summary>
    private bool NextBlock(bool mayRead, out uint type, out int length)
    {
        (type, length) = (0, 0);
        while (Have(BlockFrame, mayRead))
        {
            type = BinaryPrimitives.ReadUInt32LittleEndian(_bytes.Available);
            if (type == SectionHeader)
            {
                _swapped = BinaryPrimitives.ReadUInt32BigEndian(_bytes.Available[8..]) == ByteOrderMagic;
            }
            else if (_swapped)
            {
                type = BinaryPrimitives.ReverseEndianness(type);
            }

            var total = Word(_bytes.Available, 4);
            if (total is >= BlockFrame and <= LongestBlock && total % 4 == 0)
            {
                if (!Have((int)total, mayRead))
                {
                    return mayRead && EndWithin();
                }

                if (Word(_bytes.Available, (int)total - 4) == total)
                {
                    _damaged = false;
                    length = (int)total;
                    return true;
                }
            }

            if (!mayRead)
            {
                return false;
            }

            SkipDamage();
        }

        return mayRead && _bytes.Available.Length > 0 && EndWithin();
    }

    private bool Have(int count, bool mayRead) => _bytes.Available.Length >= count || (mayRead && _bytes.Ensure(count));

    /// <summary>Goes on by one word, until a block makes sense again: its length stands at both of its ends.</summary>
    private void SkipDamage()
    {
        if (!_damaged)
        {
            _damaged = true;
            Facts.Add(_bytes.Offset, "garbage: what follows is no block, and is skipped up to the next that is one");
        }

        _bytes.Take(4);
    }

    private bool EndWithin()
    {
        Facts.Add(_bytes.Offset, $"the file ends within a block: its last {_bytes.Available.Length} bytes are no whole one");
        _bytes.Take(_bytes.Available.Length);
        return false;
    }

    private void Understand(uint type, ReadOnlySpan<byte> body, int bodyStart, FrameBatch batch)
    {
        switch (type)
        {
            case SectionHeader:
                _interfaces.Clear();
                break;
            case InterfaceDescription when body.Length >= 8:
                AddInterface(body);
                break;
            case EnhancedPacket when body.Length >= 20:
                AddFrame(batch, Word(body, 0), Ticks(body, 4), bodyStart + 20, Word(body, 12), body.Length - 20, Word(body, 16));
                break;
            case ObsoletePacket when body.Length >= 20:
                AddFrame(batch, Half(body, 0), Ticks(body, 4), bodyStart + 20, Word(body, 12), body.Length - 20, Word(body, 16));
                break;
            case SimplePacket when body.Length >= 4:
                // It has no stamp: it can be of no use, but it was there.
                Facts.Packets++;
                Facts.Unparsable++;
                break;
            case InterfaceStatistics when body.Length >= 12:
                AddDrops(body[12..]);
                break;
            default:
                break;
        }
    }

    private void AddInterface(ReadOnlySpan<byte> body)
    {
        var description = new PcapngInterface(Half(body, 0), body[8..], _swapped);
        _interfaces.Add(description);
        _anyEthernet |= description.IsEthernet;
        if (!description.IsEthernet)
        {
            _otherLinkType = $"interface {_interfaces.Count - 1} has link type {description.LinkType}";
            Facts.Add(_bytes.Offset, $"{_otherLinkType}: its frames cannot be parsed, only those of Ethernet (1)");
        }

        Facts.ResolutionNs = Math.Max(Facts.ResolutionNs, description.ResolutionNs);
        var snapLength = Word(body, 4);
        Facts.SnapLength = snapLength is 0 or > int.MaxValue ? Facts.SnapLength : (int)snapLength;
    }

    private void AddFrame(FrameBatch batch, uint interfaceIndex, ulong ticks, int start, uint length, int most, uint wireLength)
    {
        Facts.Packets++;
        if (interfaceIndex >= _interfaces.Count || !_interfaces[(int)interfaceIndex].IsEthernet)
        {
            Facts.Unparsable++;
            return;
        }

        if (length > most || length > PcapReader.LongestFrame)
        {
            Facts.Unparsable++;
            Facts.Add(_bytes.Offset, $"a frame of {length} bytes in a block that has room for {most}: left out");
            return;
        }

        var timeNs = _interfaces[(int)interfaceIndex].TimeNs(ticks);
        batch.Room[batch.Count++] = new Frame(timeNs, start, (int)length, (int)Math.Min(wireLength, int.MaxValue));
    }

    private void AddDrops(ReadOnlySpan<byte> options)
    {
        const ushort droppedByInterface = 5;
        const ushort droppedBySystem = 7;
        foreach (var (code, value) in PcapngOptions.Of(options.ToArray(), _swapped))
        {
            if (code is droppedByInterface or droppedBySystem && value.Length == 8)
            {
                var drops = _swapped ? BinaryPrimitives.ReadInt64BigEndian(value) : BinaryPrimitives.ReadInt64LittleEndian(value);
                Facts.Drops = (Facts.Drops ?? 0) + Math.Max(0, drops);
            }
        }
    }

    private uint Word(ReadOnlySpan<byte> bytes, int offset) => _swapped
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..])
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private ushort Half(ReadOnlySpan<byte> bytes, int offset) => _swapped
        ? BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..])
        : BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private ulong Ticks(ReadOnlySpan<byte> bytes, int offset) => ((ulong)Word(bytes, offset) << 32) | Word(bytes, offset + 4);
}
