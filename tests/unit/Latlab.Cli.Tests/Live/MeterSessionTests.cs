using Latlab.Cli.Generation;
using Latlab.Cli.Metering;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Live;

namespace Latlab.Cli.Tests.Live;

/// <summary>What a meter notices beside packets, with a machine that is not this one.</summary>
[Collection(nameof(MeterLiveTests))]
public sealed class MeterSessionTests : IDisposable
{
    private static readonly MeterSettings Settings = new("w1a", "w1b", 0xC0FFEE, TimeSpan.FromMilliseconds(10));
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly NetworkNamespace _network = new();

    [Fact]
    public void CPUs_at_the_first_measured_packet_and_those_at_the_end_are_reported()
    {
        var answers = new Queue<string>(["0,3", "1-2"]);
        using var session = _network.Inside(() => new MeterSession(Settings, TimeProvider.System, answers.Dequeue));
        Send(new(PacketKind.WarmUp, Settings.RunId, 0, 0), new(PacketKind.Measured, Settings.RunId, 0, 0),
            new(PacketKind.Measured, Settings.RunId, 0, 1), new(PacketKind.End, Settings.RunId, 0, 2));
        Assert.Equal("0-3", session.Run(Patience, null).Cpus);
    }

    [Fact]
    public void Without_a_measured_packet_the_CPUs_are_those_at_the_end()
    {
        using var session = _network.Inside(() => new MeterSession(Settings, TimeProvider.System, () => "1"));
        Send(new GeneratorHeader(PacketKind.End, Settings.RunId, 0, 0));
        Assert.Equal("1", session.Run(Patience, null).Cpus);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public void A_clock_that_is_set_while_the_meter_runs_is_counted(int stepMs)
    {
        CompileReading();
        var clock = new SteppedClock(TimeSpan.FromMilliseconds(stepMs), reading => reading > 1);
        using var session = _network.Inside(() => new MeterSession(Settings, clock, () => "0"));
        Send(new GeneratorHeader(PacketKind.End, Settings.RunId, 0, 0));
        Assert.Equal(1, session.Run(Patience, null).ClockSteps);
    }

    [Fact]
    public void A_clock_that_is_set_and_set_back_counts_twice()
    {
        CompileReading();
        var clock = new SteppedClock(TimeSpan.FromMilliseconds(5), reading => reading == 2);
        using var session = _network.Inside(() => new MeterSession(Settings, clock, () => "0"));
        Send(new GeneratorHeader(PacketKind.End, Settings.RunId, 0, 0));
        Assert.Equal(2, session.Run(Patience, null).ClockSteps);
    }

    public void Dispose() => _network.Dispose();

    /// <summary>The first reading takes as long as compiling it, and would be too vague to see a step by.</summary>
    private static void CompileReading() => ClockReading.Take(new SteppedClock(TimeSpan.Zero, _ => false));

    private void Send(params GeneratorHeader[] headers)
    {
        using var socket = _network.Inside(() => PacketSocket.Open(Settings.Ingress, 60));
        FrameTemplate.Write(socket.Frame(0), socket.HardwareAddress);
        foreach (var header in headers)
        {
            FrameTemplate.Fill(socket.Frame(0), header);
            Assert.Equal(1, socket.Send(0, 1));
        }
    }

    /// <summary>This machine's clocks, as if somebody had set the one that tells the time during some of the readings of both.</summary>
    private sealed class SteppedClock(TimeSpan step, Func<int, bool> isStepped) : TimeProvider
    {
        private int _timestamps;

        public override long GetTimestamp()
        {
            Interlocked.Increment(ref _timestamps);
            return base.GetTimestamp();
        }

        /// <summary>A reading takes a timestamp before the time and one after it.</summary>
        public override DateTimeOffset GetUtcNow() =>
            base.GetUtcNow() + (isStepped((Volatile.Read(ref _timestamps) + 1) / 2) ? step : TimeSpan.Zero);
    }
}
