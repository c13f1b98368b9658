using CsCheck;

namespace Latlab.Measurement.Tests.Identity;

/// <summary>Which bits count, bit by bit, against lists of masked bits that are written down here once more.</summary>
public sealed class CoverageTests
{
    [Fact]
    public void Covered_bits_change_key_and_check_and_masked_bits_change_neither() =>
        Gen.Select(Gen.OneOf(Keying.Presets), TestFrame.Any, Gen.Int[0, 100_000]).Sample((rule, frame, at) =>
        {
            var bytes = frame.Build();
            var bit = at % (bytes.Length * 8);
            if (IsStructure(frame, bit / 8) || Keying.Key(rule, bytes) is not { } before)
            {
                return;
            }

            bytes[bit / 8] ^= (byte)(0x80 >> (bit % 8));
            var after = Keying.Key(rule, bytes)!.Value;
            var covered = IsCovered(rule, frame, bit);
            Assert.Equal(covered, before.Key != after.Key);
            Assert.Equal(covered, before.Check != after.Check);
        }, iter: 15_000);

    /// <summary>Bytes that say where others are: the frame would be another one.</summary>
    private static bool IsStructure(TestFrame frame, int at)
    {
        var ip = at - frame.L3;
        return (at >= 12 && ip < 0 && (at - 12) % 4 < 2)
            || (frame.IsIPv6 ? ip is 0 or 4 or 5 or 6 || (ip >= 40 && at < frame.L4) : ip is 0 or 2 or 3 or 6 or 7 or 9)
            || (frame.Protocol == 6 && at - frame.L4 == 12);
    }

    private static bool IsCovered(string rule, TestFrame frame, int bit)
    {
        var at = bit / 8;
        var ip = at - frame.L3;
        var isFirst = frame.IsIPv6 || (frame.Fragment & 0x1FFF) == 0;
        var l4 = isFirst ? at - frame.L4 : -1;
        var l4Header = !isFirst ? 0 : frame.Protocol switch { 17 or 1 or 58 => 8, 6 => 20, _ => 0 };
        var end = frame with { Padding = 0, HasFcs = false };
        if (at >= end.Build().Length)
        {
            return false;
        }

        return rule switch
        {
            "exact" => true,
            "l2" => ip >= 0,
            "nat" => at >= frame.L4 + l4Header,
            _ when ip < 0 => false,
            _ when frame.Protocol == 17 && l4 is 6 or 7 => false,
            _ when frame.Protocol == 6 && l4 is 16 or 17 => false,
            _ when frame.Protocol == 58 && l4 is 2 or 3 => false,
            _ when frame.IsIPv6 => !(ip == 7 || (bit - (frame.L3 * 8)) is >= 4 and < 12),
            _ => ip is not (1 or 8 or 10 or 11),
        };
    }

    [Fact]
    public void A_mask_covers_its_ranges_and_nothing_else() =>
        Gen.Select(TestFrame.Any, Gen.Int[0, 100_000]).Sample((frame, at) =>
        {
            var plain = frame with { Fragment = 0, Extensions = [], Protocol = 17 };
            var bytes = plain.Build();
            at %= bytes.Length;
            if (IsStructure(plain, at) || Keying.Key("mask:l3+4-5,l4+0-1,payload+2-6", bytes) is not { } before)
            {
                return;
            }

            bytes[at]++;
            var payload = plain.L4 + 8;
            var isCovered = (at - plain.L3) is 4 or 5
                || (at - plain.L4) is 0 or 1
                || (at - payload is >= 2 and <= 6 && at < payload + plain.Payload.Length);
            Assert.Equal(!isCovered, Keying.Key("mask:l3+4-5,l4+0-1,payload+2-6", bytes)!.Value.IsSamePacket(before));
        }, iter: 5000);

    [Fact]
    public void A_mask_needs_its_bytes_only()
    {
        var frame = new TestFrame { Payload = new byte[100] }.Build();
        Assert.True(Keying.IsSame("mask:l3+4-5", frame, frame[..34], wireLengthAfter: frame.Length));
        Assert.Null(Keying.Key("mask:payload+0-15", frame[..50], frame.Length));
        Assert.Null(Keying.Key("mask:l4+0-1", new TestFrame { Fragment = 0x10 }.Build()));
    }

    [Fact]
    public void Fragments_have_no_L4_header_of_their_own()
    {
        var later = new TestFrame { Fragment = 0x2010, Payload = [.. Enumerable.Range(0, 40).Select(i => (byte)i)] };
        byte[] changed = [.. later.Payload];
        changed[6]++;
        Keying.AssertDifferent("l3", later, later with { Payload = changed });
        Keying.AssertDifferent("nat", later, later with { Payload = changed });
    }
}
