using Latlab.Measurement.Identity;
using PacketDotNet;
using SharpPcap;
using SharpPcap.LibPcap;

namespace Latlab.Cli.Tests.Live;

/// <summary>A frame of a capture file, as another parser than ours reads its addresses.</summary>
internal sealed record CapturedFrame(
    GeneratorHeader Header, int Length, string SourceAddress, string DestinationAddress, string SourceIP, string DestinationIP, int SourcePort,
    int DestinationPort)
{
    public static IReadOnlyList<CapturedFrame> ReadAll(string path)
    {
        using var file = new CaptureFileReaderDevice(path);
        file.Open();
        var frames = new List<CapturedFrame>();
        while (file.GetNextPacket(out var packet) == GetPacketStatus.PacketRead)
        {
            frames.Add(Parse(packet.Data));
        }

        return frames;
    }

    private static CapturedFrame Parse(ReadOnlySpan<byte> bytes)
    {
        Assert.True(GeneratorFrame.TryRead(bytes, out var header));
        var ethernet = (EthernetPacket)Packet.ParsePacket(LinkLayers.Ethernet, bytes.ToArray());
        var ip = ethernet.Extract<IPv4Packet>();
        var udp = ethernet.Extract<UdpPacket>();
        return new CapturedFrame(
            header, bytes.Length, $"{ethernet.SourceHardwareAddress}", $"{ethernet.DestinationHardwareAddress}", $"{ip.SourceAddress}",
            $"{ip.DestinationAddress}", udp.SourcePort, udp.DestinationPort);
    }
}
