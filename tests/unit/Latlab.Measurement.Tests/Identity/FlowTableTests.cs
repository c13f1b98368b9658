using CsCheck;
using Latlab.Measurement.Identity;

namespace Latlab.Measurement.Tests.Identity;

public sealed class FlowTableTests
{
    [Fact]
    public void Flows_are_numbered_in_the_order_of_appearance_on_both_paths()
    {
        var flows = new FlowTable();
        var udp = new TestFrame();
        Assert.Equal(0, FlowOf(udp, flows));
        Assert.Equal(1, FlowOf(udp with { SourcePort = 1001 }, flows));
        Assert.Equal(0, FlowOf(udp with { Tags = [0x8100], IpId = 9, Ttl = 3 }, flows));
        Assert.Equal(2, FlowOf(udp with { Protocol = 6 }, flows));
        Assert.Equal(3, FlowOf(udp with { IsIPv6 = true }, flows));
        Assert.Equal(4, FlowOf(udp with { Fragment = 0x2000 }, flows));
        Assert.Equal(4, FlowOf(udp with { Fragment = 0x0010 }, flows));
        Assert.Equal(5, FlowOf(udp with { Protocol = 1 }, flows));
        Assert.Equal(
            [
                "10.0.0.1:1000 > 10.0.0.2:2000 udp",
                "10.0.0.1:1001 > 10.0.0.2:2000 udp",
                "10.0.0.1:1000 > 10.0.0.2:2000 tcp",
                "[2001::1]:1000 > [2001::2]:2000 udp",
                "10.0.0.1 > 10.0.0.2 udp",
                "10.0.0.1 > 10.0.0.2 icmp",
            ],
            Enumerable.Range(0, flows.Count).Select(flows.NameOf));
    }

    [Fact]
    public void What_is_not_IP_is_named_by_its_EtherType()
    {
        var flows = new FlowTable();
        Keying.Key("l2", [.. new byte[12], 8, 6, .. new byte[46]], flows: flows);
        Assert.Equal("ethertype 0x0806", flows.NameOf(0));
    }

    [Fact]
    public void The_two_directions_of_a_conversation_know_each_other()
    {
        var flows = new FlowTable();
        var there = new TestFrame();
        var back = there with { Source = 2, Destination = 1, SourcePort = 2000, DestinationPort = 1000 };
        FlowOf(there, flows);
        Assert.Null(flows.ReverseOf(0));
        Assert.Equal(1, FlowOf(back, flows));
        Assert.Equal(1, flows.ReverseOf(0));
        Assert.Equal(0, flows.ReverseOf(1));
    }

    [Fact]
    public void Flows_beyond_the_most_share_the_last_index()
    {
        var flows = new FlowTable(mostFlows: 3);
        var indices = Enumerable.Range(0, 10).Select(i => FlowOf(new TestFrame { SourcePort = (ushort)i }, flows)).ToArray();
        Assert.Equal([0, 1, 2, 3, 3, 3, 3, 3, 3, 3], indices);
        Assert.Equal(4, flows.Count);
        Assert.Equal("all other flows", flows.NameOf(3));
        Assert.Null(flows.ReverseOf(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => flows.NameOf(4));
    }

    [Fact]
    public void The_cache_gives_what_the_table_gives() =>
        Gen.Select(Gen.Byte[0, 3], Gen.UShort, Gen.OneOf<byte>(6, 17)).Array[1, 300].Sample(packets =>
        {
            var flows = new FlowTable(200);
            var expected = new FlowTable(200);
            foreach (var (source, port, protocol) in packets)
            {
                var frame = new TestFrame { Source = source, SourcePort = port, Protocol = protocol, Payload = new byte[20] };
                var record = Keying.Key("l3", frame.Build(), flows: flows)!.Value;
                Assert.Equal(expected.IndexOf(KeyOf(frame)), record.Flow);
            }
        }, iter: 100);

    [Fact]
    public void Generator_flows_keep_their_numbers()
    {
        var flows = new FlowTable();
        var frame = GeneratorRecordTests.Frame(new GeneratorHeader(PacketKind.Measured, 1, 3, 4));
        Assert.Equal(3, Keying.Key("generator", frame, flows: flows)!.Value.Flow);
        Assert.Equal(4, flows.Count);
        Assert.Equal("flow 3", flows.NameOf(3));
    }

    private static FlowKey KeyOf(TestFrame frame) => new()
    {
        EtherType = 0x0800,
        Source = 0x0A000000u + frame.Source,
        Destination = 0x0A000000u + frame.Destination,
        Protocol = frame.Protocol,
        HasPorts = true,
        SourcePort = frame.SourcePort,
        DestinationPort = frame.DestinationPort,
    };

    private static ushort FlowOf(TestFrame frame, FlowTable flows) => Keying.Key("l3", frame.Build(), flows: flows)!.Value.Flow;
}
