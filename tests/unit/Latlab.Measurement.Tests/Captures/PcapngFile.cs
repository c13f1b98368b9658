using System.Buffers.Binary;

namespace Latlab.Measurement.Tests.Captures;

/// <summary>A pcapng file of any blocks, built by hand from draft-ietf-opsawg-pcapng, and not by the code under test.</summary>
internal sealed class PcapngFile
{
    private readonly List<byte> _file = [];
    private bool _bigEndian;

    /// <summary>Bytes so far.</summary>
    public int Length => _file.Count;

    public byte[] Bytes => [.. _file];

    public PcapngFile Section(bool bigEndian)
    {
        _bigEndian = bigEndian;
        return Block(0x0A0D0D0A, [.. Word(0x1A2B3C4D), .. Half(1), .. Half(0), .. Long(ulong.MaxValue)]);
    }

    public PcapngFile Interface(ushort linkType = 1, uint snapLength = 0, byte? resolution = null, long? offsetSeconds = null) => Block(1,
    [
        .. Half(linkType), .. Half(0), .. Word(snapLength),
        .. resolution is { } value ? Option(9, [value]) : [],
        .. offsetSeconds is { } offset ? Option(14, Long((ulong)offset)) : [],
        .. Option(2, "eth0"u8.ToArray()), .. Half(0), .. Half(0),
    ]);

    public PcapngFile Enhanced(uint of, ulong ticks, byte[] frame, int more = 0) =>
        Block(6, [.. Word(of), .. Ticks(ticks), .. Word((uint)frame.Length), .. Word((uint)(frame.Length + more)), .. Padded(frame)]);

    public PcapngFile Obsolete(ushort of, ulong ticks, byte[] frame) =>
        Block(2, [.. Half(of), .. Half(0xFFFF), .. Ticks(ticks), .. Word((uint)frame.Length), .. Word((uint)frame.Length), .. Padded(frame)]);

    public PcapngFile Simple(byte[] frame) => Block(3, [.. Word((uint)frame.Length), .. Padded(frame)]);

    public PcapngFile Statistics(uint of, ulong? droppedByInterface = null, ulong? droppedBySystem = null) => Block(5,
    [
        .. Word(of), .. Ticks(0),
        .. droppedByInterface is { } byInterface ? Option(5, Long(byInterface)) : [],
        .. droppedBySystem is { } bySystem ? Option(7, Long(bySystem)) : [],
        .. Half(0), .. Half(0),
    ]);

    public PcapngFile Block(uint type, byte[] body)
    {
        var length = Word((uint)(body.Length + 12));
        return Raw([.. Word(type), .. length, .. body, .. length]);
    }

    public PcapngFile Raw(byte[] bytes)
    {
        _file.AddRange(bytes);
        return this;
    }

    private static byte[] Padded(byte[] bytes) => [.. bytes, .. new byte[-bytes.Length & 3]];

    private byte[] Option(ushort code, byte[] value) => [.. Half(code), .. Half((ushort)value.Length), .. Padded(value)];

    private byte[] Ticks(ulong ticks) => [.. Word((uint)(ticks >> 32)), .. Word((uint)ticks)];

    private byte[] Half(ushort value) => BitConverter.GetBytes(_bigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);

    private byte[] Word(uint value) => BitConverter.GetBytes(_bigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);

    private byte[] Long(ulong value) => BitConverter.GetBytes(_bigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);
}
