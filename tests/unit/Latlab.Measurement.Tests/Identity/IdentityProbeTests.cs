using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;

namespace Latlab.Measurement.Tests.Identity;

public sealed class IdentityProbeTests
{
    [Fact]
    public void A_bridge_needs_exact() => Assert.Equal("exact", ProbeTraffic.Probe(frame => frame).Rule!.ToString());

    [Fact]
    public void New_MACs_and_tags_need_l2() =>
        Assert.Equal("l2", ProbeTraffic.Probe(frame => frame with { Macs = new byte[12], Tags = [0x8100], HasFcs = true }).Rule!.ToString());

    [Fact]
    public void A_router_needs_l3()
    {
        var result = ProbeTraffic.Probe(frame => frame with { Macs = new byte[12], Ttl = 63, IpChecksum = 5 });
        Assert.Equal("l3", result.Rule!.ToString());
        Assert.Equal("l3", result.Summary!.Preset);
        Assert.True(result.Summary.Automatic);
        Assert.Equal(
            "the strictest that knows as many of 8192 sampled packets again as any: generator 0, exact 0, l2 0, l3 8192, nat 8192",
            result.Summary.Reason);
        Assert.Equal(new ClockOffset(8192, 5000, 5003, 5006), result.Offset);
        Assert.Null(result.Problem);
        Assert.Equal([0, 0, 0, 8192, 8192], result.Tried.Select(tried => tried.Common));
    }

    [Fact]
    public void An_address_translator_needs_nat() =>
        Assert.Equal("nat", ProbeTraffic.Probe(frame => frame with { Source = 77, SourcePort = 1, Ttl = 63, L4Checksum = 5 }).Rule!.ToString());

    [Fact]
    public void Half_of_the_packets_lost_change_nothing() =>
        Assert.Equal("l2", ProbeTraffic.Probe(frame => frame.IpId % 2 == 0 ? frame with { Macs = new byte[12] } : null).Rule!.ToString());

    [Fact]
    public void The_generators_header_goes_first_even_if_there_are_warm_up_packets_only()
    {
        var result = ProbeTraffic.Probe(frame => frame, frame => frame with { Payload = Header(frame.IpId, PacketKind.WarmUp) });
        Assert.Equal("generator", result.Rule!.ToString());
        Assert.Contains("8192 of the first 8192 frames before", result.Summary!.Reason, StringComparison.Ordinal);
        Assert.NotNull(result.Offset);
    }

    [Fact]
    public void Few_frames_with_the_generators_header_do_not_decide()
    {
        var result = ProbeTraffic.Probe(
            frame => frame,
            frame => frame.IpId % 2 == 0 ? frame with { Payload = Header(frame.IpId, PacketKind.Measured) } : frame);
        Assert.Equal("exact", result.Rule!.ToString());
    }

    [Theory]
    [InlineData(64, 64, false, 50)]
    [InlineData(64, 0, false, 50)]
    [InlineData(0, 80, false, 66)]
    [InlineData(80, 64, false, 50)]
    [InlineData(64, 64, true, 46)]
    [InlineData(0, 0, false, 0)]
    public void The_depth_is_what_both_captures_keep(int keptBefore, int keptAfter, bool isTagged, int depth)
    {
        var result = ProbeTraffic.Probe(
            frame => frame with { Tags = isTagged ? [0x8100] : [], Macs = new byte[12] }, null, 0, keptBefore, keptAfter);
        Assert.Equal(depth == 0 ? "l2" : $"l2,depth={depth}", result.Rule!.ToString());
        Assert.Equal(depth, result.Summary!.Depth);
        Assert.All(result.Tried.Skip(1), tried => Assert.Equal(depth, tried.Rule.Depth));
    }

    [Fact]
    public void The_header_of_the_file_gives_the_depth_while_no_frame_is_cut()
    {
        var frames = ProbeTraffic.Sent.Select(sent => new CapturedFrame(sent.TimeNs, sent.Frame.Build())).ToList();
        var after = frames.Select(frame => frame with { TimeNs = frame.TimeNs + 1 }).ToList();
        var result = IdentityProbe.Run(() => new MemorySource(frames, snapLength: 262_144), () => new MemorySource(after, snapLength: 200));
        Assert.Equal("exact,depth=186", result.Rule!.ToString());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(37_000_000_000, 37)]
    [InlineData(-37_000_000_000, -37)]
    [InlineData(400_000_000, 0)]
    public void The_clocks_offset_is_estimated_with_whole_seconds_told_apart(long offsetNs, long wholeSeconds)
    {
        var offset = ProbeTraffic.Probe(frame => frame, null, offsetNs).Offset!;
        Assert.Equal(wholeSeconds, offset.WholeSeconds);
        Assert.Equal(offsetNs + 5000, offset.MinNs);
        Assert.Equal(offsetNs + 5000 - (wholeSeconds * 1_000_000_000), offset.RemainderMinNs);
        Assert.Equal(offsetNs + 5003, offset.MedianNs);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Captures_that_start_at_different_times_are_aligned_by_their_clocks(bool isBeforeEarlier)
    {
        // 300,000 other frames, more than are looked at from the start, and then the common ones, five seconds later.
        var filler = new TestFrame { Payload = [9, 9, 9] }.Build();
        var early = Enumerable.Range(0, 300_000).Select(i => new CapturedFrame(ProbeTraffic.StartNs - 5_000_000_000 + i, filler));
        var before = ProbeTraffic.Sent.Select(sent => new CapturedFrame(sent.TimeNs, sent.Frame.Build()));
        var after = ProbeTraffic.Sent.Select(sent => new CapturedFrame(sent.TimeNs + 7, (sent.Frame with { Ttl = 1 }).Build()));
        var longBefore = isBeforeEarlier ? early.Concat(before).ToList() : before.ToList();
        var longAfter = isBeforeEarlier ? after.ToList() : early.Concat(after).ToList();
        var result = IdentityProbe.Run(() => new MemorySource(longBefore, FrameBatch.Capacity), () => new MemorySource(longAfter, FrameBatch.Capacity));
        Assert.Equal("l3", result.Rule?.ToString());
        Assert.Equal(7, result.Offset!.MedianNs);
    }

    /// <summary>At 14.88 million packets a second 16-bit ids over constant payloads wrap every 4.4 ms.</summary>
    [Fact]
    public void Wrapped_ids_do_not_mislead_the_offset_when_the_captures_start_apart()
    {
        static byte[] Frame(int i) => new TestFrame { IpId = (ushort)i }.Build();
        const int gapNs = 67;
        var before = Enumerable.Range(0, 200_000).Select(i => new CapturedFrame(ProbeTraffic.StartNs + (i * gapNs), Frame(i))).ToList();
        var after = Enumerable.Range(30_000, 170_000).Select(i => new CapturedFrame(ProbeTraffic.StartNs + (i * gapNs) + 5000, Frame(i))).ToList();
        var result = IdentityProbe.Run(() => new MemorySource(before, FrameBatch.Capacity), () => new MemorySource(after, FrameBatch.Capacity));
        Assert.Equal(5000, result.Offset!.MedianNs);
        Assert.Null(result.Problem);
    }

    [Fact]
    public void A_pipe_is_peeked()
    {
        var frames = ProbeTraffic.Sent.Select(sent => new CapturedFrame(sent.TimeNs, sent.Frame.Build())).ToList();
        using var before = new PeekedSource(new MemorySource(frames));
        using var after = new PeekedSource(new MemorySource([.. frames.Select(frame => frame with { TimeNs = frame.TimeNs + 3 })]));
        Assert.Equal("exact", IdentityProbe.Run(before.Peek, after.Peek).Rule!.ToString());
        var count = 0;
        for (var batch = new FrameBatch(); before.Read(batch);)
        {
            count += batch.Count;
        }

        Assert.Equal(frames.Count, count);
    }

    [Fact]
    public void Identical_payloads_with_ids_are_known_by_those()
    {
        var result = ProbeTraffic.Probe(frame => frame with { Ttl = 1 }, frame => frame with { Payload = new byte[18] });
        Assert.Equal("l3", result.Rule!.ToString());
    }

    [Fact]
    public void A_rule_that_was_asked_for_is_kept_and_gets_its_depth()
    {
        var result = ProbeTraffic.Probe(frame => frame, null, 0, 64, 64, "l3");
        Assert.Equal("l3,depth=50", result.Rule!.ToString());
        Assert.False(result.Summary!.Automatic);
        Assert.Equal("mask:l3+4-5,depth=50", ProbeTraffic.Probe(frame => frame, null, 0, 64, 64, "mask:l3+4-5").Rule!.ToString());
        Assert.Equal("l3,depth=40", ProbeTraffic.Probe(frame => frame, null, 0, 64, 64, "l3,depth=40").Rule!.ToString());
    }

    private static byte[] Header(int sequence, PacketKind kind)
    {
        var payload = new byte[GeneratorHeader.Length];
        new GeneratorHeader(kind, 1, 0, (ulong)sequence).Write(payload);
        return payload;
    }
}
