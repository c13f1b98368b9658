using System.Buffers.Binary;

namespace Latlab.Measurement.Captures;

/// <summary>
/// The blocks of a pcapng file (draft-ietf-opsawg-pcapng), each whole in the buffer. A block's length stands at both of its ends: what is
/// between two blocks and is none is skipped and noted.
/// </summary>
internal sealed class PcapngBlocks(ByteSource bytes, CaptureFacts facts)
{
    public const uint SectionHeader = 0x0A0D0D0A;
    public const uint InterfaceDescription = 1;
    public const uint ObsoletePacket = 2;
    public const uint SimplePacket = 3;
    public const uint InterfaceStatistics = 5;
    public const uint EnhancedPacket = 6;

    /// <summary>Longest block that is believed, in bytes.</summary>
    private const int LongestBlock = 16 * 1024 * 1024;

    private const uint ByteOrderMagic = 0x1A2B3C4D;

    /// <summary>Type and length before the body, and length behind it.</summary>
    private const int Envelope = 12;

    /// <summary>Whether the section is in big-endian order.</summary>
    public bool IsBigEndian { get; private set; }

    /// <summary>
    /// Takes the next block. Not by reading when <paramref name="mayRead"/> is false: frames that were described before lie in the buffer.
    /// False at the end of the file or of what lies there.
    /// </summary>
    public bool Next(bool mayRead, out PcapngBlock block)
    {
        var from = bytes.Offset;
        var isCut = false;
        while (Have(Envelope, mayRead))
        {
            var skipped = bytes.Offset - from;
            if (IsBlock(mayRead, mustBeKnown: skipped > 0, out block, out var isBigEndian, out var isShort))
            {
                if (skipped > 0)
                {
                    facts.Add(from, $"garbage: {skipped} bytes that are no blocks were skipped");
                }

                IsBigEndian = isBigEndian;
                bytes.Take(block.Length);
                return true;
            }

            if (!mayRead)
            {
                return false;
            }

            isCut |= isShort && skipped == 0;
            bytes.Take(1);
        }

        block = default;
        if (mayRead)
        {
            NoteEnd(from, isCut);
        }

        return false;
    }

    private bool Have(int count, bool mayRead) => bytes.Available.Length >= count || (mayRead && bytes.Ensure(count));

    private bool IsBlock(bool mayRead, bool mustBeKnown, out PcapngBlock block, out bool isBigEndian, out bool isShort)
    {
        (block, isBigEndian, isShort) = (default, IsBigEndian, false);
        var type = Word(bytes.Available, isBigEndian);
        if (type == SectionHeader)
        {
            // Its type is the same in either order; the word behind its length tells which one it is.
            isBigEndian = BinaryPrimitives.ReadUInt32BigEndian(bytes.Available[8..]) == ByteOrderMagic;
            if (!isBigEndian && BinaryPrimitives.ReadUInt32LittleEndian(bytes.Available[8..]) != ByteOrderMagic)
            {
                return false;
            }
        }

        var length = Word(bytes.Available[4..], isBigEndian);
        if (length is < Envelope or > LongestBlock || length % 4 != 0 || (mustBeKnown && type is not (SectionHeader or >= InterfaceDescription and <= EnhancedPacket)))
        {
            return false;
        }

        isShort = !Have((int)length, mayRead);
        block = new PcapngBlock(type, bytes.Offset, bytes.Start, (int)length);
        return !isShort && Word(bytes.Available[((int)length - 4)..], isBigEndian) == length;
    }

    private void NoteEnd(long from, bool isCut)
    {
        var rest = bytes.Offset + bytes.Available.Length - from;
        bytes.Take(bytes.Available.Length);
        if (rest > 0)
        {
            facts.Add(from, isCut || rest < Envelope
                ? $"the file ends within a block: its last {rest} bytes are no whole one"
                : $"garbage: the last {rest} bytes are no blocks");
        }
    }

    private static uint Word(ReadOnlySpan<byte> source, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(source) : BinaryPrimitives.ReadUInt32LittleEndian(source);
}

/// <summary>A block that lies whole in the buffer.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Offset">Where it starts in the file.</param>
/// <param name="Start">Where it starts in the buffer.</param>
/// <param name="Length">Its length in bytes, with all that is not its body.</param>
internal readonly record struct PcapngBlock(uint Type, long Offset, int Start, int Length)
{
    /// <summary>Where its body starts in the buffer.</summary>
    public int BodyStart => Start + 8;

    /// <summary>Its body.</summary>
    public ReadOnlySpan<byte> Body(byte[] buffer) => buffer.AsSpan(BodyStart, Length - 12);
}
