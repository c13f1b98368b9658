using System.Buffers.Binary;
using CsCheck;
using Latlab.Measurement.Identity;

namespace Latlab.Measurement.Tests.Identity;

/// <summary>A frame to be changed by what stands between two taps. Lengths follow from the parts; checksums are plain bytes.</summary>
internal sealed record TestFrame
{
    public byte[] Macs { get; init; } = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];

    public ushort[] Tags { get; init; } = [];

    public bool IsIPv6 { get; init; }

    public byte Dscp { get; init; }

    public byte Ttl { get; init; } = 64;

    public ushort IpId { get; init; }

    public ushort Fragment { get; init; }

    public int OptionWords { get; init; }

    /// <summary>IPv6 extension headers, by number, 8 bytes each.</summary>
    public byte[] Extensions { get; init; } = [];

    public ushort IpChecksum { get; init; } = 0x1234;

    public byte Protocol { get; init; } = 17;

    public byte Source { get; init; } = 1;

    public byte Destination { get; init; } = 2;

    public ushort SourcePort { get; init; } = 1000;

    public ushort DestinationPort { get; init; } = 2000;

    public ushort L4Checksum { get; init; } = 0x5678;

    public byte[] Payload { get; init; } = new byte[18];

    public int Padding { get; init; }

    public bool HasFcs { get; init; }

    public int L3 => 14 + (4 * Tags.Length);

    public int L4 => L3 + (IsIPv6 ? 40 + (8 * Extensions.Length) : 20 + (4 * OptionWords));

    /// <summary>Frames of all kinds, IP well formed.</summary>
    public static Gen<TestFrame> Any => Gen.Select(
        Gen.Select(Gen.Byte.Array[12], Gen.OneOf<ushort[]>([], [], [0x8100], [0x88A8, 0x8100], [0x9100, 0x8100]), Gen.Bool, Gen.Bool),
        Gen.Select(Gen.Byte, Gen.Byte, Gen.UShort, Gen.OneOf<ushort>(0, 0, 0, 0x4000, 0x2000, 0x2010, 0x0010), Gen.Int[0, 3]),
        Gen.Select(Gen.OneOf<byte[]>([], [], [0], [43, 60], [44], [51]), Gen.OneOf<byte>(17, 17, 6, 6, 1, 58, 132, 89), Gen.Byte, Gen.Byte),
        Gen.Select(Gen.UShort, Gen.UShort, Gen.UShort, Gen.UShort),
        Gen.Select(Gen.Byte.Array[0, 80], Gen.Int[0, 20], Gen.Bool),
        (l2, ip, l4, words, rest) => new TestFrame
        {
            Macs = l2.Item1,
            Tags = l2.Item2,
            IsIPv6 = l2.Item3 && l2.Item4,
            Dscp = ip.Item1,
            Ttl = ip.Item2,
            IpId = ip.Item3,
            Fragment = ip.Item4,
            OptionWords = Math.Max(0, ip.Item5 - 2),
            Extensions = l4.Item1,
            Protocol = l4.Item2,
            Source = l4.Item3,
            Destination = l4.Item4,
            IpChecksum = words.Item1,
            L4Checksum = words.Item2,
            SourcePort = words.Item3,
            DestinationPort = words.Item4,
            Payload = rest.Item1,
            Padding = rest.Item2,
            HasFcs = rest.Item3,
        });

    public byte[] Build()
    {
        byte[] l4 = [.. L4Header(), .. Payload];
        var frame = new List<byte>(Macs);
        foreach (var tag in Tags)
        {
            frame.AddRange(Words(tag, 5));
        }

        frame.AddRange(Words(IsIPv6 ? (ushort)0x86DD : (ushort)0x0800));
        frame.AddRange(IsIPv6 ? IPv6(l4.Length) : IPv4(l4.Length));
        frame.AddRange(l4);
        frame.AddRange(Enumerable.Repeat((byte)0, Padding));
        if (HasFcs)
        {
            var fcs = new byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(fcs, EthernetFcs.Of([.. frame]));
            frame.AddRange(fcs);
        }

        return [.. frame];
    }

    private byte[] L4Header()
    {
        var ports = Words(SourcePort, DestinationPort);
        return Protocol switch
        {
            _ when (Fragment & 0x1FFF) != 0 && !IsIPv6 => [],
            17 => [.. ports, .. Words((ushort)(8 + Payload.Length), L4Checksum)],
            6 => [.. ports, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x10, 1, 0, .. Words(L4Checksum), 0, 0],
            1 or 58 => [8, 0, .. Words(L4Checksum), .. ports],
            _ => ports,
        };
    }

    private byte[] IPv4(int l4Length) =>
    [
        (byte)(0x45 + OptionWords), Dscp, .. Words((ushort)(20 + (4 * OptionWords) + l4Length), IpId, Fragment), Ttl, Protocol,
        .. Words(IpChecksum), 10, 0, 0, Source, 10, 0, 0, Destination, .. new byte[4 * OptionWords],
    ];

    private byte[] IPv6(int l4Length)
    {
        byte[] chain = [.. Extensions, Protocol];
        byte[] header =
        [
            (byte)(0x60 | (Dscp >> 4)), (byte)(Dscp << 4), 0, 7, .. Words((ushort)((8 * Extensions.Length) + l4Length)), chain[0], Ttl,
            0x20, 1, .. new byte[13], Source, 0x20, 1, .. new byte[13], Destination,
        ];
        // In an authentication header 0 counts words of four bytes less two.
        var extensions = Extensions.SelectMany((_, i) => (byte[])[chain[i + 1], 0, 0, 0, 0, 0, 0, 9]);
        return [.. header, .. extensions];
    }

    private static byte[] Words(params ushort[] words) => [.. words.SelectMany(word => (byte[])[(byte)(word >> 8), (byte)word])];
}
