using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Latlab.Measurement.Identity;

/// <summary>
/// How the generator's measured packets of one run look, as learnt from one that <see cref="GeneratorFrame"/> has read: its VLAN tags,
/// options and what is behind them are where that one has them when the same bytes are the same.
/// </summary>
internal readonly struct GeneratorTemplate
{
    /// <summary>Bytes that are compared: two vectors, of which the second ends here.</summary>
    private const int Compared = FrameLayout.ShortestFrame;

    private const int Second = Compared - 32;

    private readonly Vector256<byte> _first;
    private readonly Vector256<byte> _firstMask;
    private readonly Vector256<byte> _second;
    private readonly Vector256<byte> _secondMask;

    /// <param name="frame">The frame.</param>
    /// <param name="layout">Where its parts are; see <see cref="CanBeOf"/>.</param>
    /// <param name="runId">Its run.</param>
    public GeneratorTemplate(ReadOnlySpan<byte> frame, in FrameLayout layout, uint runId)
    {
        (L3, Payload, RunId) = (layout.L3, layout.Payload, runId);
        Span<byte> mask = stackalloc byte[Compared];
        mask.Clear();
        for (var type = FrameParser.EthernetHeader - 2; type < layout.L3; type += 4)
        {
            mask.Slice(type, 2).Fill(0xFF);
        }

        mask[layout.L3] = 0xFF; // version, and length with options
        mask[layout.L3 + 6] = 0x1F; // no later fragment
        mask[layout.L3 + 7] = 0xFF;
        mask[layout.L3 + 9] = 0xFF; // protocol
        mask.Slice(layout.Payload, 3).Fill(0xFF); // magic, version and kind
        mask.Slice(layout.Payload + 4, 4).Fill(0xFF); // run
        _firstMask = Vector256.Create<byte>(mask);
        _secondMask = Vector256.Create<byte>(mask[Second..]);
        _first = Vector256.Create(frame) & _firstMask;
        _second = Vector256.Create(frame[Second..]) & _secondMask;
        IsKnown = true;
    }

    /// <summary>Whether a packet was learnt from.</summary>
    public bool IsKnown { get; }

    /// <summary>Start of the IP header.</summary>
    public int L3 { get; }

    /// <summary>Start of the generator's header.</summary>
    public int Payload { get; }

    public uint RunId { get; }

    /// <summary>Captured bytes that a frame must have.</summary>
    public int Needed => Math.Max(Compared, Payload + GeneratorHeader.Length);

    /// <summary>Whether a frame can be learnt from: its headers are not longer than those with two VLAN tags or some options.</summary>
    public static bool CanBeOf(ReadOnlySpan<byte> frame, in FrameLayout layout) =>
        frame.Length >= Compared && layout.IpVersion == 4 && layout.HasL4 && layout.Payload + 8 <= Compared;

    /// <summary>Whether the frame that starts here, at least <see cref="Needed"/> bytes of it, looks like this.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Fits(ref byte start) =>
        (((Vector256.LoadUnsafe(ref start) & _firstMask) ^ _first) | ((Vector256.LoadUnsafe(ref start, Second) & _secondMask) ^ _second))
        == Vector256<byte>.Zero;
}
