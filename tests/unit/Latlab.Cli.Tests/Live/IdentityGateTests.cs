using Latlab.Cli.Generation;
using Latlab.Cli.Live;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;

namespace Latlab.Cli.Tests.Live;

public sealed class IdentityGateTests
{
    private const long Start = 1_700_000_000_000_000_000;
    private const long Latency = 5_000;
    private const long Second = 1_000_000_000;

    private readonly Recorder[] _recorders = [new(), new()];
    private readonly List<ProbeResult> _probes = [];
    private ILiveListener[] _taps;

    public IdentityGateTests()
    {
        var gate = GateOf(rule: null);
        _taps = [gate.ListenerOf(0), gate.ListenerOf(1)];
    }

    [Fact]
    public void Frames_that_were_held_back_come_first_and_all_in_order()
    {
        for (var i = 0; i < 20_000; i++)
        {
            See(0, i, Start + (i * 1_000));
            See(1, i, Start + (i * 1_000) + Latency);
            Assert.Equal(i >= 8_191, _probes.Count == 1);
        }

        Assert.Equal(IdentityPreset.Generator, _probes.Single().Rule!.Preset);
        Assert.Equal(Enumerable.Range(0, 20_000).Select(i => Start + (i * 1_000L)), _recorders[0].TimesNs);
        Assert.Equal(Enumerable.Range(0, 20_000).Select(i => Start + (i * 1_000L) + Latency), _recorders[1].TimesNs);
        Complete();
        Assert.All(_recorders, recorder => Assert.True(recorder.IsComplete));
    }

    [Fact]
    public void Slow_traffic_is_looked_at_after_two_seconds()
    {
        See(0, 0, Start);
        See(1, 0, Start + Latency);
        _taps[0].OnIdle(Start + Second);
        _taps[1].OnIdle(Start + Second);
        Assert.Empty(_probes);
        _taps[0].OnIdle(Start + (2 * Second) + Latency);
        Assert.Single(_probes);
        Assert.Equal(Start + (2 * Second) + Latency, _recorders[0].IdleNs);
        _taps[1].OnIdle(Start + (3 * Second));
        Assert.Equal([Start + Latency], _recorders[1].TimesNs);
    }

    [Fact]
    public void The_end_decides_with_what_there_is()
    {
        See(0, 0, Start);
        See(1, 0, Start + Latency);
        Complete();
        Assert.All(_recorders, recorder => Assert.True(recorder is { IsComplete: true, TimesNs.Count: 1 }));
    }

    [Fact]
    public void Nothing_in_common_is_looked_at_again_and_an_error_at_the_end()
    {
        See(0, 0, Start);
        See(1, 1_000, Start + Latency);
        _taps[0].OnIdle(Start + (3 * Second));
        Assert.Empty(_probes);
        // What both have comes later.
        See(1, 0, Start + (3 * Second));
        _taps[0].OnIdle(Start + (5 * Second));
        Assert.Single(_probes);
    }

    [Fact]
    public void An_end_without_anything_in_common_is_an_error_told_once()
    {
        See(0, 0, Start);
        See(1, 1_000, Start + Latency);
        Assert.Contains("before", Assert.Throws<CaptureFormatException>(_taps[0].Complete).Message, StringComparison.Ordinal);
        _taps[1].Complete();
        Assert.Empty(_probes);
    }

    [Fact]
    public void Who_says_how_packets_are_known_gets_a_result_without_anything_in_common()
    {
        var rule = new IdentityRule(IdentityPreset.Generator);
        var gate = GateOf(rule);
        _taps = [gate.ListenerOf(0), gate.ListenerOf(1)];
        See(0, 0, Start);
        See(1, 1_000, Start + Latency);
        Complete();
        Assert.Equal(rule, _probes.Single().Rule);
        Assert.All(_recorders, recorder => Assert.True(recorder is { IsComplete: true, TimesNs.Count: 1 }));
    }

    [Fact]
    public void Taps_the_wrong_way_round_are_an_error_at_the_first_look()
    {
        for (var i = 0; i < 8_191; i++)
        {
            See(0, i, Start + (i * 1_000) + Latency);
            See(1, i, Start + (i * 1_000));
        }

        See(0, 8_191, Start + (8_191 * 1_000) + Latency);
        var error = Assert.Throws<CaptureFormatException>(() => See(1, 8_191, Start + (8_191 * 1_000)));
        Assert.Contains("--identity generator", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("--force", error.Message, StringComparison.Ordinal);
    }

    /// <summary>What analyze has <c>--force</c> for.</summary>
    [Fact]
    public void Who_says_how_packets_are_known_gets_a_result_of_taps_the_wrong_way_round()
    {
        var gate = GateOf(new IdentityRule(IdentityPreset.Generator));
        _taps = [gate.ListenerOf(0), gate.ListenerOf(1)];
        for (var i = 0; i < 100; i++)
        {
            See(0, i, Start + (i * 1_000) + Latency);
            See(1, i, Start + (i * 1_000));
        }

        Complete();
        Assert.Equal(-Latency, _probes.Single().Offset!.MedianNs);
    }

    [Fact]
    public void Taps_whose_clocks_the_user_corrects_are_not_the_wrong_way_round()
    {
        const long behind = 300_000_000;
        var gate = GateOf(rule: null, clockOffsetNs: -behind);
        _taps = [gate.ListenerOf(0), gate.ListenerOf(1)];
        for (var i = 0; i < 8_192; i++)
        {
            See(0, i, Start + (i * 1_000));
            See(1, i, Start + (i * 1_000) + Latency - behind);
        }

        // As the stamps have it: the correction is made where packets are matched.
        Assert.Equal(Latency - behind, _probes.Single().Offset!.MedianNs);
    }

    private IdentityGate GateOf(IdentityRule? rule, long clockOffsetNs = 0) => new(
        [new CaptureFacts { Name = "before" }, new CaptureFacts { Name = "after" }],
        rule,
        clockOffsetNs,
        probe =>
        {
            _probes.Add(probe);
            return _recorders;
        });

    private void Complete()
    {
        foreach (var tap in _taps)
        {
            tap.Complete();
        }
    }

    private void See(int tap, int number, long timeNs)
    {
        Span<byte> frame = stackalloc byte[60];
        FrameTemplate.Write(frame, [2, 0, 0, 0, 0, 1]);
        FrameTemplate.Fill(frame, new GeneratorHeader(PacketKind.Measured, 1, 0, (ulong)number));
        _taps[tap].OnFrame(timeNs, frame, 60);
    }

    private sealed class Recorder : ILiveListener
    {
        public List<long> TimesNs { get; } = [];

        public long IdleNs { get; private set; }

        public bool IsComplete { get; private set; }

        public void OnFrame(long timeNs, ReadOnlySpan<byte> frame, int originalLength)
        {
            Assert.Equal((60, 60), (frame.Length, originalLength));
            TimesNs.Add(timeNs);
        }

        public void OnIdle(long completeUntilNs) => IdleNs = completeUntilNs;

        public void Complete() => IsComplete = true;
    }
}
