using Latlab.Measurement.Identity;

namespace Latlab.Measurement.Tests.Identity;

public sealed class ProbeProblemTests
{
    [Fact]
    public void Swapped_captures_are_told_and_still_have_a_rule()
    {
        var result = ProbeTraffic.Probe(frame => frame with { Ttl = 63 }, null, -10_000);
        Assert.Equal(ProbeProblemKind.WrongOrder, result.Problem!.Kind);
        Assert.Contains("wrong order: all 8192 common packets", result.Problem.Message, StringComparison.Ordinal);
        Assert.Contains("by 4994 to 5000 ns; swap them", result.Problem.Message, StringComparison.Ordinal);
        Assert.Equal("l3", result.Rule!.ToString());
    }

    [Fact]
    public void The_same_capture_twice_is_told()
    {
        var frames = ProbeTraffic.Sent.Select(sent => new CapturedFrame(sent.TimeNs, sent.Frame.Build())).ToList();
        var result = IdentityProbe.Run(() => new MemorySource(frames, 7), () => new MemorySource(frames, 100));
        Assert.Equal(ProbeProblemKind.SameCapture, result.Problem!.Kind);
        var later = frames.Select(frame => frame with { TimeNs = frame.TimeNs + 1 }).ToList();
        Assert.Null(IdentityProbe.Run(() => new MemorySource(frames), () => new MemorySource(later)).Problem);
    }

    [Fact]
    public void An_empty_capture_is_told() => Assert.Equal(ProbeProblemKind.Empty, ProbeTraffic.Probe(_ => null).Problem!.Kind);

    [Fact]
    public void Nothing_in_common_names_what_was_tried()
    {
        var result = ProbeTraffic.Probe(frame => frame with { Payload = [1, 2, .. BitConverter.GetBytes(frame.IpId)] });
        Assert.Null(result.Rule);
        Assert.Null(result.Offset);
        Assert.Equal(ProbeProblemKind.NothingInCommon, result.Problem!.Kind);
        Assert.Contains("of 8192 sampled packets: generator 0, exact 0, l2 0, l3 0, nat 0", result.Problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Captures_that_do_not_overlap_are_told()
    {
        var result = ProbeTraffic.Probe(frame => frame with { Payload = [1, 2, .. BitConverter.GetBytes(frame.IpId)] }, null, 60_000_000_000);
        Assert.Equal(ProbeProblemKind.NoOverlap, result.Problem!.Kind);
        Assert.Contains("ends 59.980006 s before", result.Problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Packets_that_recur_are_no_evidence()
    {
        var result = ProbeTraffic.Probe(frame => frame with { Source = 9 }, frame => frame with { Payload = BitConverter.GetBytes(frame.IpId / 2) });
        Assert.Null(result.Rule);
        var nat = result.Tried.Single(tried => tried.Rule.Preset == IdentityPreset.Nat);
        Assert.Equal((0, 4096), (nat.Common, nat.Recurring));
    }

    [Fact]
    public void Identical_payloads_are_told()
    {
        var result = ProbeTraffic.Probe(frame => frame, frame => frame with { IpId = 0, Payload = new byte[18] });
        Assert.Equal(ProbeProblemKind.NothingInCommon, result.Problem!.Kind);
        Assert.Contains("cannot be told apart", result.Problem.Message, StringComparison.Ordinal);
        Assert.Equal(8191, result.Tried.Single(tried => tried.Rule.Preset == IdentityPreset.Nat).Recurring);
    }

    [Theory]
    [InlineData("l2")]
    [InlineData("generator")]
    public void A_rule_that_was_asked_for_and_knows_nothing_is_told_with_the_one_that_does(string asked)
    {
        var result = ProbeTraffic.Probe(frame => frame with { Ttl = 63 }, null, 0, 0, 0, asked);
        Assert.Null(result.Rule);
        Assert.Equal(ProbeProblemKind.NothingInCommon, result.Problem!.Kind);
        Assert.Contains($"under the identity {asked}, but under l3; use that", result.Problem.Message, StringComparison.Ordinal);
    }
}
