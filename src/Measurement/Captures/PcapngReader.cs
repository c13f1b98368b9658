using System.Buffers.Binary;

namespace Latlab.Measurement.Captures;

/// <summary>
/// Reads pcapng files (draft-ietf-opsawg-pcapng): several sections and interfaces, either byte order, any resolution of stamps, and the
/// capture's own drops from interface statistics. Interfaces that are not Ethernet are left out.
/// </summary>
internal sealed class PcapngReader : IFrameSource
{
    /// <summary>What stands before a frame in its block, in bytes: enhanced and obsolete packet blocks have the same layout.</summary>
    private const int PacketHeader = 28;

    private readonly ByteSource _bytes;
    private readonly PcapngBlocks _blocks;
    private readonly List<PcapngInterface> _interfaces = [];
    private Int128 _drops;
    private bool _anyEthernet;
    private string? _otherLinkType;

    /// <param name="bytes">The file, at its start; owned.</param>
    /// <param name="facts">What is known of it.</param>
    public PcapngReader(ByteSource bytes, CaptureFacts facts)
    {
        _bytes = bytes;
        Facts = facts;
        _blocks = new PcapngBlocks(bytes, facts);
    }

    public CaptureFacts Facts { get; }

    public bool Read(FrameBatch batch)
    {
        batch.Count = 0;
        while (batch.Count < FrameBatch.Capacity && _blocks.Next(mayRead: batch.Count == 0, out var block))
        {
            batch.Bytes = _bytes.Buffer;
            batch.RecordsFrom = block.Offset - block.Start - PacketHeader;
            Understand(block, block.Body(_bytes.Buffer), batch);
        }

        Facts.Bytes = _bytes.Offset;
        if (batch.Count == 0 && !_anyEthernet && _otherLinkType is not null)
        {
            throw new CaptureFormatException(
                $"{Facts.Name}: {_otherLinkType}, but only Ethernet (1) can be analysed; capture on an Ethernet device, and not on \"any\"");
        }

        return batch.Count > 0;
    }

    public void Dispose() => _bytes.Dispose();

    private void Understand(in PcapngBlock block, ReadOnlySpan<byte> body, FrameBatch batch)
    {
        switch (block.Type)
        {
            case PcapngBlocks.SectionHeader:
                _interfaces.Clear();
                break;
            case PcapngBlocks.InterfaceDescription when body.Length >= 8:
                AddInterface(block, body);
                break;
            case PcapngBlocks.EnhancedPacket when body.Length >= 20:
                AddFrame(batch, block, body, Word(body, 0));
                break;
            case PcapngBlocks.ObsoletePacket when body.Length >= 20:
                AddFrame(batch, block, body, Half(body, 0));
                break;
            case PcapngBlocks.SimplePacket when body.Length >= 4:
                // It has no stamp: it can be of no use, but it was there.
                Facts.Packets++;
                Facts.Unparsable++;
                break;
            case PcapngBlocks.InterfaceStatistics when body.Length >= 12:
                AddDrops(Word(body, 0), body[12..]);
                break;
            default:
                break;
        }
    }

    private void AddInterface(in PcapngBlock block, ReadOnlySpan<byte> body)
    {
        var description = new PcapngInterface(Half(body, 0), body[8..], _blocks.IsBigEndian);
        _interfaces.Add(description);
        _anyEthernet |= description.IsEthernet;
        if (!description.IsEthernet)
        {
            var problem = $"interface {_interfaces.Count - 1} has link type {description.LinkType}";
            _otherLinkType = $"offset {block.Offset}: {problem}";
            Facts.Add(block.Offset, $"{problem}: its frames cannot be parsed, only those of Ethernet (1)");
        }

        Facts.ResolutionNs = Math.Max(Facts.ResolutionNs, description.ResolutionNs);
        var snapLength = Word(body, 4);
        Facts.SnapLength = snapLength is 0 or > int.MaxValue ? Facts.SnapLength : (int)snapLength;
    }

    /// <summary>Enhanced and obsolete packet blocks have the same layout behind the interface's number.</summary>
    private void AddFrame(FrameBatch batch, in PcapngBlock block, ReadOnlySpan<byte> body, uint interfaceIndex)
    {
        const int header = 20;
        Facts.Packets++;
        if (interfaceIndex >= _interfaces.Count)
        {
            Facts.Unparsable++;
            Facts.Add(block.Offset, $"a frame of interface {interfaceIndex}, which is not described: left out");
            return;
        }

        var description = _interfaces[(int)interfaceIndex];
        if (!description.IsEthernet)
        {
            Facts.Unparsable++;
            return;
        }

        var length = Word(body, 12);
        if (length > body.Length - header || length > PcapReader.LongestFrame)
        {
            Facts.Unparsable++;
            Facts.Add(block.Offset, $"a frame of {length} bytes in a block that has room for {body.Length - header}: left out");
            return;
        }

        var ticks = ((ulong)Word(body, 4) << 32) | Word(body, 8);
        var wireLength = (int)Math.Min(Word(body, 16), int.MaxValue);
        var timeNs = description.TimeNs(ticks);
        if (timeNs is null)
        {
            Facts.Add(block.Offset, Stamps.Problem(1));
        }

        batch.Room[batch.Count++] = new Frame(timeNs ?? 0, block.BodyStart + header, (int)length, wireLength);
    }

    /// <summary>Statistics count from the start of the capture: those of an interface replace its earlier ones.</summary>
    private void AddDrops(uint interfaceIndex, ReadOnlySpan<byte> options)
    {
        if (interfaceIndex >= _interfaces.Count || PcapngOptions.Drops(options, _blocks.IsBigEndian) is not { } drops)
        {
            return;
        }

        var description = _interfaces[(int)interfaceIndex];
        _drops += drops - description.Drops;
        description.Drops = drops;
        Facts.Drops = (long)Int128.Min(_drops, long.MaxValue);
    }

    private uint Word(ReadOnlySpan<byte> bytes, int offset) => _blocks.IsBigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..])
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private ushort Half(ReadOnlySpan<byte> bytes, int offset) => _blocks.IsBigEndian
        ? BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..])
        : BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);
}
