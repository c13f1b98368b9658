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
    public void Damaged_frames_are_judged_as_the_general_parser_judges_them() =>
        Gen.Select(Headers, Gen.Int[0, 1], Gen.Int[0, 59], Gen.Byte, Gen.Int[30, 70]).Sample((header, tags, at, value, cut) =>
        {
            var frame = Frame(header with { Kind = PacketKind.Measured }, tags);
            frame[at] = value;
            frame = frame[..Math.Min(cut, frame.Length)];
            var record = Keying.Key("generator", frame);
            var isKnown = GeneratorFrame.TryRead(frame, out var read) && read.Kind == PacketKind.Measured;
            return isKnown ? record is { } known && known.Key == read.Sequence : record is null;
        });

    /// <summary>
    /// A keyer parses a packet that looks like the one before it no more: what it says of many must be what it says of each alone.
    /// </summary>
    [Fact]
    public void Packets_that_look_like_those_before_them_are_judged_as_each_for_itself() =>
        Gen.Select(
            Gen.Select(Headers, Gen.Int[0, 3], Gen.Int[0, 3], Gen.Select(Gen.Int[0, 300], Gen.Byte), Gen.Int[0, 200]).Array[1, 40],
            Gen.Int[0, 1],
            Gen.Bool,
            Gen.OneOf("generator", "generator,run=2")).Sample((packets, alike, even, rule) =>
        {
            // Mostly the same headers, sometimes tagged, with options, damaged or cut.
            var frames = packets.Select(packet =>
            {
                var (header, tags, options, (at, value), cut) = packet;
                header = header with { RunId = header.RunId == 3 ? 1u : 2u, Kind = header.Kind == PacketKind.Probe ? header.Kind : PacketKind.Measured };
                var frame = Frame(header, tags == 3 ? 2 : alike, options == 3 ? 1 : 0);
                if (at < frame.Length && (at < 12 || value < 64))
                {
                    frame[at] = value;
                }

                return even ? frame[..60] : cut < 10 ? frame[..(frame.Length - cut)] : frame;
            }).ToArray();
            var expected = frames.Select((frame, index) => Keying.Key(rule, frame) is { } known ? known with { TimeNs = index } : (PacketRecord?)null);
            Assert.Equal(expected.OfType<PacketRecord>(), Keying.KeyTogether(rule, frames, even));
        }, iter: 5_000);

    [Fact]
    public void Flows_have_the_numbers_that_the_generator_gave_them_and_those_beyond_the_table_share_one() =>
        Gen.Select(Gen.Int[0, 2], Gen.UShort[0, 20], Gen.UShort[0, 20]).Sample((tags, first, second) =>
        {
            var flows = new FlowTable(10);
            foreach (var flow in new[] { first, second })
            {
                var frame = Frame(new GeneratorHeader(PacketKind.Measured, 7, flow, 1), tags);
                Assert.Equal(Math.Min(flow, (ushort)10), Keying.Key("generator,run=7", frame, flows: flows)!.Value.Flow);
                Assert.Null(Keying.Key("generator,run=8", frame, flows: flows));
            }

            Assert.Equal(Math.Min(Math.Max(first, second), (ushort)10) + 1, flows.Count);
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
