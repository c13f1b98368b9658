using CsCheck;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Tests.Identity;

public sealed class GeneratorRecordTests
{
    private static readonly Gen<GeneratorHeader> Headers =
        Gen.Select(Gen.Int[0, 3], Gen.UInt[0, 3], Gen.UShort, Gen.ULong, (kind, run, flow, sequence) =>
            new GeneratorHeader((PacketKind)kind, run, flow, sequence));

    [Fact]
    public void Measured_packets_of_the_run_are_numbered_and_others_are_not_known() =>
        Gen.Select(Headers, Gen.Int[0, 2], Gen.Int[0, 2]).Sample((header, tags, optionWords) =>
        {
            var record = Keying.Key("generator,run=2", Frame(header, tags, optionWords));
            var expected = header is { Kind: PacketKind.Measured, RunId: 2 }
                ? PacketRecord.Numbered(123, header.Sequence, header.Flow, (ushort)(60 + (4 * tags) + (4 * optionWords))) with { Flow = 0 }
                : (PacketRecord?)null;
            Assert.Equal(expected, record);
        });

    [Fact]
    public void Without_a_run_two_packets_are_the_same_when_run_flow_and_number_are() =>
        Gen.Select(Headers, Headers).Sample((first, second) =>
        {
            first = first with { Kind = PacketKind.Measured };
            second = second with { Kind = PacketKind.Measured, Sequence = first.Sequence };
            return Keying.IsSame("generator", Frame(first), Frame(second)) == (first == second)
                && Keying.IsSame("generator", Frame(first), Frame(first, tags: 1));
        });

    [Fact]
    public void Other_frames_are_not_known() => Assert.Null(Keying.Key("generator", new TestFrame().Build()));

    public static byte[] Frame(GeneratorHeader header, int tags = 0, int optionWords = 0)
    {
        var payload = new byte[GeneratorHeader.Length];
        header.Write(payload);
        return new TestFrame
        {
            Tags = [.. Enumerable.Repeat((ushort)0x8100, tags)],
            OptionWords = optionWords,
            Payload = payload,
            IpId = (ushort)header.Sequence,
        }.Build();
    }
}
