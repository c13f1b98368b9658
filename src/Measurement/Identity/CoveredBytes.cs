namespace Latlab.Measurement.Identity;

/// <summary>
/// Collects the bytes that a rule covers, with what it masks set to zero: the definition that the fast path must agree with. Not
/// thread-safe.
/// </summary>
internal sealed class CoveredBytes(IdentityRule rule)
{
    private byte[] _bytes = new byte[2048];
    private int _count;

    /// <summary>
    /// The covered bytes of a frame; none when the capture cut off what is needed, or when it has nothing that the rule covers.
    /// </summary>
    /// <param name="frame">The captured bytes.</param>
    /// <param name="layout">Where its parts are.</param>
    /// <param name="length">How many the rule covers without its depth, as far as the frame says.</param>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> frame, in FrameLayout layout, out int length)
    {
        _count = 0;
        length = 0;
        var isWhole = true;
        var limit = rule.Depth == 0 ? layout.End : Math.Min(layout.End, layout.L3 + rule.Depth);
        switch (rule.Preset)
        {
            case IdentityPreset.Exact:
                isWhole = Add(frame, 0, limit);
                length = LengthFrom(0, layout);
                break;
            case IdentityPreset.L2:
                isWhole = Add(frame, layout.L3, limit);
                length = LengthFrom(layout.L3, layout);
                break;
            case IdentityPreset.L3:
                isWhole = Add(frame, layout.L3, limit);
                length = LengthFrom(layout.L3, layout);
                MaskHeaders(layout);
                break;
            case IdentityPreset.Nat:
                isWhole = Add(frame, layout.Payload, limit);
                length = LengthFrom(layout.Payload, layout);
                break;
            case IdentityPreset.Mask:
                foreach (var range in rule.Ranges)
                {
                    var start = StartOf(range.Layer, layout);
                    isWhole &= start != FrameLayout.Absent
                        && Add(frame, start + range.First, (int)Math.Min(limit, (long)start + range.Last + 1));
                }

                length = _count;
                break;
        }

        return isWhole ? _bytes.AsSpan(0, _count) : [];
    }

    private int LengthFrom(int start, in FrameLayout layout) => layout.EndIsStated ? layout.End - start : _count;

    /// <summary>Adds the bytes of a part; false when they are not all there. A part that ends before it starts has none.</summary>
    private bool Add(ReadOnlySpan<byte> frame, int start, int end)
    {
        if (end > frame.Length)
        {
            return false;
        }

        if (start < end)
        {
            if (_count + end - start > _bytes.Length)
            {
                Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _count + end - start));
            }

            frame[start..end].CopyTo(_bytes.AsSpan(_count));
            _count += end - start;
        }

        return true;
    }

    private static int StartOf(MaskLayer layer, in FrameLayout layout) => layer switch
    {
        MaskLayer.L2 => 0,
        MaskLayer.L3 => layout.L3,
        MaskLayer.L4 when layout.HasL4 => layout.L4,
        MaskLayer.Payload => layout.Payload,
        _ => FrameLayout.Absent,
    };

    private void MaskHeaders(in FrameLayout layout)
    {
        if (layout.IpVersion == 4)
        {
            Mask(1, 0xFF); // DSCP, ECN
            Mask(8, 0xFF); // TTL
            Mask(10, 0xFF); // checksum
            Mask(11, 0xFF);
        }
        else if (layout.IpVersion == 6)
        {
            Mask(0, 0x0F); // DSCP, ECN
            Mask(1, 0xF0);
            Mask(7, 0xFF); // hop limit
        }

        int? checksum = layout.Protocol switch
        {
            IpParser.Udp => 6,
            IpParser.Tcp => 16,
            IpParser.IcmpV6 => 2,
            _ => null,
        };
        if (layout.HasL4 && checksum is { } offset)
        {
            Mask(layout.L4 - layout.L3 + offset, 0xFF);
            Mask(layout.L4 - layout.L3 + offset + 1, 0xFF);
        }
    }

    private void Mask(int index, byte bits)
    {
        if (index < _count)
        {
            _bytes[index] &= (byte)~bits;
        }
    }
}
