using CsCheck;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Tests.Identity;

public sealed class PacketKeyerTests
{
    private static readonly Gen<string> Rules = Gen.Select(Gen.OneOf(Keying.Presets), Gen.OneOf("", "", ",depth=46", ",depth=64", ",depth=13"))
        .Select((preset, depth) => preset + depth);

    [Fact]
    public void Both_paths_agree_on_frames_of_all_kinds() =>
        Gen.Select(Rules, TestFrame.Any, Gen.Int[0, 200]).Sample((rule, frame, cut) =>
        {
            var bytes = frame.Build();
            // Keying.Key compares the paths.
            Keying.Key(rule, bytes, flows: new FlowTable());
            Keying.Key(rule, bytes[..Math.Min(cut, bytes.Length)], bytes.Length, new FlowTable());
        }, iter: 10_000);

    [Fact]
    public void Both_paths_agree_on_frames_with_any_byte_changed() =>
        Gen.Select(Rules, TestFrame.Any, Gen.Int[0, 1000], Gen.Byte).Sample((rule, frame, at, value) =>
        {
            var bytes = frame.Build();
            bytes[at % Math.Min(60, bytes.Length)] = value;
            Keying.Key(rule, bytes, flows: new FlowTable());
        }, iter: 10_000);

    [Fact]
    public void Random_bytes_never_throw() =>
        Gen.Select(Gen.OneOf("exact", "l2", "l3", "nat", "generator", "mask:l2+3,l3+5-9,l4+0-70,payload+0-3", "l3,depth=30"),
            Gen.Byte.Array[0, 120], Gen.OneOf(0, 0x0800, 0x86DD), Gen.Int[0, 2000]).Sample((rule, bytes, etherType, wireLength) =>
        {
            if (etherType != 0 && bytes.Length > 14)
            {
                (bytes[12], bytes[13]) = ((byte)(etherType >> 8), (byte)etherType);
                bytes[14] = etherType == 0x0800 ? (byte)0x45 : (byte)0x60;
            }

            Keying.Key(rule, bytes, wireLength, new FlowTable());
        }, iter: 10_000);

    [Fact]
    public void Padding_FCS_and_wire_length_do_not_count() =>
        Gen.Select(Gen.OneOf(Keying.Presets), TestFrame.Any, Gen.Int[0, 20], Gen.Bool, Gen.Int[0, 2000])
            .Sample((rule, frame, padding, fcs, wire) =>
                Keying.Key(rule, frame.Build()) is not { } record
                || (Keying.Key(rule, (frame with { Padding = padding, HasFcs = fcs }).Build(), wire) is { } other
                    && record.IsSamePacket(other)));

    [Theory]
    [InlineData("l2")]
    [InlineData("l3")]
    [InlineData("nat")]
    public void A_VLAN_tag_pushed_or_popped_and_other_MACs_change_nothing(string rule)
    {
        var frame = new TestFrame { IpId = 7 };
        Keying.AssertSame(rule, frame, frame with { Tags = [0x8100], Macs = new byte[12] });
        Keying.AssertSame(rule, frame with { Tags = [0x88A8, 0x8100] }, frame);
        Keying.AssertDifferent("exact", frame, frame with { Tags = [0x8100] });
        Keying.AssertDifferent("exact", frame, frame with { Macs = new byte[12] });
    }

    [Theory]
    [InlineData(false, 17)]
    [InlineData(false, 6)]
    [InlineData(true, 17)]
    [InlineData(true, 6)]
    [InlineData(true, 58)]
    public void A_router_changes_nothing_for_l3(bool isIPv6, byte protocol)
    {
        var before = new TestFrame { IsIPv6 = isIPv6, Protocol = protocol, IpId = 9 };
        var after = before with { Ttl = 63, IpChecksum = 0x1334, Dscp = 0xB8, L4Checksum = 0x9999, Macs = new byte[12] };
        Keying.AssertSame("l3", before, after);
        Keying.AssertSame("nat", before, after);
        Keying.AssertDifferent("l2", before, after);
        Keying.AssertDifferent("exact", before, after);
    }

    [Theory]
    [InlineData(17)]
    [InlineData(6)]
    public void An_address_translator_changes_nothing_for_nat(byte protocol)
    {
        var before = new TestFrame { Protocol = protocol, Payload = [1, 2, 3] };
        var after = before with { Source = 99, SourcePort = 4, DestinationPort = 5, Ttl = 63, IpChecksum = 1, L4Checksum = 2 };
        Keying.AssertSame("nat", before, after);
        Keying.AssertDifferent("l3", before, after);
        Keying.AssertDifferent("nat", before, before with { Payload = [1, 2, 4] });
        Keying.AssertDifferent("nat", before, before with { Payload = [1, 2, 3, 0] });
    }

    [Fact]
    public void A_packet_without_payload_is_not_known_by_nat() =>
        Assert.Null(Keying.Key("nat", new TestFrame { Protocol = 6, Payload = [], Padding = 6 }.Build()));

    [Fact]
    public void Whole_and_cut_frames_are_the_same_within_the_depth_and_unknown_when_cut_shorter()
    {
        var frame = new TestFrame { Payload = [.. Enumerable.Range(0, 200).Select(i => (byte)i)] };
        var tagged = frame with { Tags = [0x8100] };
        foreach (var rule in Keying.Presets)
        {
            Assert.True(Keying.IsSame(rule + ",depth=50", frame.Build(), frame.Build()[..64], wireLengthAfter: 242));
            Assert.Equal(rule != "exact", Keying.IsSame(rule + ",depth=46", frame.Build()[..64], tagged.Build()[..64], 242, 246));
            Assert.Null(Keying.Key(rule + ",depth=50", frame.Build()[..63], 242));
            Assert.Null(Keying.Key(rule, frame.Build()[..241], 242));
        }

        Assert.False(Keying.IsSame("nat,depth=50", frame.Build(), (frame with { Payload = frame.Payload[..199] }).Build()));
    }

    [Fact]
    public void A_frame_with_FCS_that_is_not_IP_is_known_as_without()
    {
        byte[] arp = [.. Enumerable.Repeat((byte)0xFF, 6), 2, 0, 0, 0, 0, 1, 8, 6, .. Enumerable.Range(0, 46).Select(i => (byte)i)];
        byte[] withFcs = [.. arp, .. BitConverter.GetBytes(EthernetFcs.Of(arp))];
        Assert.True(Keying.IsSame("l2", arp, withFcs));
        Assert.True(Keying.IsSame("exact", arp, withFcs));
        Assert.Equal(60, Keying.Key("l2", withFcs)!.Value.WireLength);
        Assert.Null(Keying.Key("l2", arp[..40], 60));
        Assert.Null(Keying.Key("nat", arp));
        Assert.True(Keying.IsSame("l2,depth=20", arp[..40], withFcs, 60));
    }

    [Fact]
    public void An_802_3_length_says_where_the_frame_ends()
    {
        byte[] frame = [.. new byte[12], 0, 5, 1, 2, 3, 4, 5];
        Assert.True(Keying.IsSame("l2", frame, [.. frame, 9, 9, 9]));
        Assert.False(Keying.IsSame("l2", frame, [.. frame[..^1], 6]));
    }

    [Fact]
    public void The_length_on_the_wire_is_without_FCS_and_trailers()
    {
        var frame = new TestFrame { Padding = 8, HasFcs = true };
        Assert.Equal(60, Keying.Key("l3", frame.Build())!.Value.WireLength);
        var large = new TestFrame { Payload = new byte[1472], HasFcs = true };
        Assert.Equal(1514, Keying.Key("l3", large.Build())!.Value.WireLength);
        Assert.Equal(42 + 18, Keying.Key("l2", new TestFrame().Build(), 60)!.Value.WireLength);
        Assert.Equal(0, Keying.Key("l2", new TestFrame().Build(), 0)!.Value.WireLength);
    }

    [Theory]
    [InlineData("l3")]
    [InlineData("l2")]
    public void Equal_packets_have_equal_keys_so_wrapped_ids_recur(string rule)
    {
        var frames = Enumerable.Range(0, 65_536 + 10).Select(i => new TestFrame { IpId = (ushort)i }.Build()).ToArray();
        var keys = frames.Select(frame => Keying.Key(rule, frame)!.Value).Select(record => (record.Key, record.Check)).ToList();
        Assert.Equal(65_536, keys.Distinct().Count());
        Assert.Equal(keys[..10], keys[65_536..]);
    }

    [Fact]
    public void Keying_allocates_nothing()
    {
        var tagged = new TestFrame { Tags = [0x8100] }.Build();
        byte[] bytes = [.. new TestFrame().Build(), .. tagged];
        var batch = new FrameBatch { Bytes = bytes, Count = FrameBatch.Capacity };
        for (var i = 0; i < batch.Count; i++)
        {
            batch.Room[i] = i % 2 == 0 ? new Frame(i, 0, 60, 60) : new Frame(i, 60, tagged.Length, tagged.Length);
        }

        var records = new PacketRecord[FrameBatch.Capacity];
        var keyer = new PacketKeyer(IdentityRule.Parse("l3"), new FlowTable());
        Assert.Equal(FrameBatch.Capacity, keyer.Key(batch, records));
        var before = GC.GetAllocatedBytesForCurrentThread();
        keyer.Key(batch, records);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
