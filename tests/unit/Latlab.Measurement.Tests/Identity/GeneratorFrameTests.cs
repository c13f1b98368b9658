using CsCheck;
using Latlab.Measurement.Identity;

namespace Latlab.Measurement.Tests.Identity;

public sealed class GeneratorFrameTests
{
    private static readonly Gen<GeneratorHeader> Headers =
        Gen.Select(Gen.Int[0, 3], Gen.UInt, Gen.UShort, Gen.ULong, (kind, run, flow, sequence) =>
            new GeneratorHeader((PacketKind)kind, run, flow, sequence));

    [Fact]
    public void What_was_written_is_read_with_any_VLAN_tags_and_IPv4_options() =>
        Gen.Select(Headers, Gen.Int[0, 2], Gen.Int[0, 10], Gen.Int[0, 1500]).Sample((header, tags, optionWords, padding) =>
            GeneratorFrame.TryRead(Frame(header, tags, optionWords, padding), out var read) && read == header);

    [Fact]
    public void A_frame_cut_at_BytesNeeded_is_read() =>
        Headers.Sample(header => GeneratorFrame.TryRead(Frame(header, 2, 10, 1000).AsSpan(0, GeneratorFrame.BytesNeeded), out var read)
            && read == header);

    [Fact]
    public void A_frame_cut_anywhere_before_the_end_of_the_header_is_refused() =>
        Gen.Select(Headers, Gen.Int[0, 2], Gen.Int[0, 10], Gen.Double.Unit).Sample((header, tags, optionWords, cut) =>
        {
            var frame = Frame(header, tags, optionWords, 0);
            return !GeneratorFrame.TryRead(frame.AsSpan(0, (int)(cut * frame.Length)), out _);
        });

    [Fact]
    public void Random_bytes_never_throw() => Gen.Byte.Array[0, 200].Sample(bytes => GeneratorFrame.TryRead(bytes, out _) || true);

    [Theory]
    [InlineData(12, 0x86)] // EtherType
    [InlineData(14, 0x65)] // IP version
    [InlineData(21, 0x01)] // fragment offset
    [InlineData(23, 0x06)] // protocol
    [InlineData(42, 0x00)] // magic
    [InlineData(44, 0x21)] // version
    [InlineData(44, 0x1F)] // kind
    public void Anything_else_is_refused(int offset, byte value)
    {
        var frame = Frame(new GeneratorHeader(PacketKind.Measured, 1, 2, 3), 0, 0, 0);
        Assert.True(GeneratorFrame.TryRead(frame, out _));
        frame[offset] = value;
        Assert.False(GeneratorFrame.TryRead(frame, out _));
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        var frame = Frame(new GeneratorHeader(PacketKind.Measured, 1, 2, 3), 1, 0, 0);
        // The first round is the runtime's: what it compiles anew, it allocates for.
        ReadMany();
        var before = GC.GetAllocatedBytesForCurrentThread();
        ReadMany();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void ReadMany()
        {
            for (var i = 0; i < 10_000; i++)
            {
                GeneratorFrame.TryRead(frame, out _);
            }
        }
    }

    private static byte[] Frame(GeneratorHeader header, int tags, int optionWords, int padding)
    {
        var payload = new byte[GeneratorHeader.Length];
        header.Write(payload);
        byte[] ip = [(byte)(0x45 + optionWords), 0, 0, 0, 0, 0, 0x40, 0, 64, 17, .. new byte[10 + (optionWords * 4)]];
        byte[] tag = [0x81, 0x00, 0x00, 0x05];
        return [.. new byte[12], .. Enumerable.Repeat(tag, tags).SelectMany(t => t), 0x08, 0x00, .. ip, .. new byte[8], .. payload,
            .. new byte[padding]];
    }
}
