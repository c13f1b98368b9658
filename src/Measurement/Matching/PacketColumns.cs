using System.Runtime.CompilerServices;
using Latlab.Measurement.Captures;

namespace Latlab.Measurement.Matching;

/// <summary>
/// Room for packets as one tap saw them, a column for each part of <see cref="PacketRecord"/>: as many as a batch of frames has, so that
/// all columns stay in the processor's first cache.
/// </summary>
internal sealed class PacketColumns
{
    public const int Capacity = FrameBatch.Capacity;

    // In one object: a packet is set with one bounds check.
    private Column<long> _timesNs;
    private Column<ulong> _keys;
    private Column<uint> _checks;
    private Column<ushort> _flows;
    private Column<ushort> _wireLengths;

    /// <summary>Number of packets: the first of each column are set.</summary>
    public int Count { get; set; }

    public ReadOnlySpan<long> TimesNs => Packets.TimesNs;

    public PacketBatch Packets => new()
    {
        TimesNs = _timesNs[..Count],
        Keys = _keys[..Count],
        Checks = _checks[..Count],
        Flows = _flows[..Count],
        WireLengths = _wireLengths[..Count],
    };

    /// <summary>Sets what is known of one packet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(int at, long timeNs, ulong key, uint check, ushort flow, ushort wireLength)
    {
        _timesNs[at] = timeNs;
        _keys[at] = key;
        _checks[at] = check;
        _flows[at] = flow;
        _wireLengths[at] = wireLength;
    }

    /// <summary>The same of a row. A call: a keyer that works on a frame needs all registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Set(int at, in PacketRecord packet) => Set(at, packet.TimeNs, packet.Key, packet.Check, packet.Flow, packet.WireLength);

    /// <summary>Holds these packets only, at most <see cref="Capacity"/>.</summary>
    public void Set(ReadOnlySpan<PacketRecord> packets)
    {
        for (var i = 0; i < packets.Length; i++)
        {
            Set(i, packets[i]);
        }

        Count = packets.Length;
    }

    [InlineArray(Capacity)]
    private struct Column<T>
    {
        private T _first;
    }
}

/// <summary>Packets as one tap saw them, in the order of capture, as columns of one length.</summary>
internal readonly ref struct PacketBatch
{
    public required ReadOnlySpan<long> TimesNs { get; init; }

    public required ReadOnlySpan<ulong> Keys { get; init; }

    public required ReadOnlySpan<uint> Checks { get; init; }

    public required ReadOnlySpan<ushort> Flows { get; init; }

    public required ReadOnlySpan<ushort> WireLengths { get; init; }

    public int Count => TimesNs.Length;

    public PacketRecord this[int index] => new(TimesNs[index], Keys[index], Checks[index], Flows[index], WireLengths[index]);

    /// <summary>Those from <paramref name="start"/> on.</summary>
    public PacketBatch Slice(int start, int length) => new()
    {
        TimesNs = TimesNs.Slice(start, length),
        Keys = Keys.Slice(start, length),
        Checks = Checks.Slice(start, length),
        Flows = Flows.Slice(start, length),
        WireLengths = WireLengths.Slice(start, length),
    };

    /// <summary>The same packets with other stamps.</summary>
    public PacketBatch At(ReadOnlySpan<long> timesNs) => new()
    {
        TimesNs = timesNs,
        Keys = Keys,
        Checks = Checks,
        Flows = Flows,
        WireLengths = WireLengths,
    };

    /// <summary>Makes rows of them.</summary>
    public void CopyTo(Span<PacketRecord> records)
    {
        records = records[..Count];
        var timesNs = TimesNs[..Count];
        var keys = Keys[..Count];
        var checks = Checks[..Count];
        var flows = Flows[..Count];
        var wireLengths = WireLengths[..Count];
        for (var i = 0; i < records.Length; i++)
        {
            records[i] = new PacketRecord(timesNs[i], keys[i], checks[i], flows[i], wireLengths[i]);
        }
    }
}
