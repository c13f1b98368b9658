using Latlab.Cli.Generation;
using Latlab.Measurement.Identity;
using PacketDotNet;

namespace Latlab.Cli.Tests.Generation;

public sealed class FrameTemplateTests
{
    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1518)]
    public void An_independent_parser_finds_valid_headers_and_the_payload(int frameSize)
    {
        var header = new GeneratorHeader(PacketKind.Measured, 0xC0FFEE, 4095, ulong.MaxValue - 1);
        var frame = new byte[frameSize - FrameTemplate.FrameCheckSequence];
        FrameTemplate.Write(frame, [0x02, 1, 2, 3, 4, 5]);
        FrameTemplate.Fill(frame, header);

        var ethernet = (EthernetPacket)Packet.ParsePacket(LinkLayers.Ethernet, frame);
        var ip = ethernet.Extract<IPv4Packet>();
        var udp = ethernet.Extract<UdpPacket>();
        Assert.True(ip.ValidIPChecksum);
        Assert.Equal(frame.Length - 14, ip.TotalLength);
        Assert.Equal("198.18.0.1", ip.SourceAddress.ToString());
        Assert.Equal("198.19.0.1", ip.DestinationAddress.ToString());
        Assert.Equal(49152 + 4095, udp.SourcePort);
        Assert.Equal(frame.Length - 34, udp.Length);
        Assert.Equal(0, udp.Checksum);
        Assert.Equal(2, ethernet.DestinationHardwareAddress.GetAddressBytes()[0] & 3);
        Assert.True(GeneratorFrame.TryRead(frame, out var read));
        Assert.Equal(header, read);
    }
}
