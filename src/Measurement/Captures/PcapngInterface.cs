using System.Buffers.Binary;

namespace Latlab.Measurement.Captures;

/// <summary>An interface of a pcapng section: how its stamps are to be read.</summary>
internal sealed class PcapngInterface
{
    private const ushort EthernetLinkType = 1;
    private const ushort ResolutionOption = 9;
    private const ushort OffsetOption = 14;
    private const ulong NsPerSecond = 1_000_000_000;

    private readonly ulong _ticksPerSecond = 1_000_000;
    private readonly long _offsetSeconds;

    public PcapngInterface(ushort linkType, ReadOnlySpan<byte> options, bool swapped)
    {
        LinkType = linkType;
        foreach (var (code, value) in PcapngOptions.Of(options.ToArray(), swapped))
        {
            if (code == ResolutionOption && value.Length == 1)
            {
                _ticksPerSecond = TicksPerSecond(value[0]);
            }
            else if (code == OffsetOption && value.Length == 8)
            {
                _offsetSeconds = swapped ? BinaryPrimitives.ReadInt64BigEndian(value) : BinaryPrimitives.ReadInt64LittleEndian(value);
            }
        }
    }

    public ushort LinkType { get; }

    /// <summary>Frames that it missed, as its last statistics say.</summary>
    public long Drops { get; set; }

    public bool IsEthernet => LinkType == EthernetLinkType;

    /// <summary>Nanoseconds of one tick; 1 if finer.</summary>
    public long ResolutionNs => (long)Math.Max(1, NsPerSecond / _ticksPerSecond);

    /// <summary>Nanoseconds since 1970, rounded down; null for what no clock can have made.</summary>
    public long? TimeNs(ulong ticks)
    {
        var (seconds, rest) = Math.DivRem(ticks, _ticksPerSecond);
        var timeNs = (((Int128)_offsetSeconds + seconds) * NsPerSecond) + (Int128)(rest * (UInt128)NsPerSecond / _ticksPerSecond);
        return timeNs >= -Stamps.Farthest && timeNs <= Stamps.Farthest ? (long)timeNs : null;
    }

    /// <summary>
    /// <c>if_tsresol</c>: a negative power of 10, or of 2 with the highest bit set. What 64 bits cannot hold is taken for the finest that
    /// they can.
    /// </summary>
    private static ulong TicksPerSecond(byte resolution)
    {
        var exponent = resolution & 0x7F;
        if ((resolution & 0x80) != 0)
        {
            return 1UL << Math.Min(exponent, 63);
        }

        var ticks = 1UL;
        for (var i = 0; i < Math.Min(exponent, 19); i++)
        {
            ticks *= 10;
        }

        return ticks;
    }
}
