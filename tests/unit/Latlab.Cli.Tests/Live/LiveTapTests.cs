using Latlab.Cli.Generation;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Live;

namespace Latlab.Cli.Tests.Live;

[Collection(nameof(MeterLiveTests))]
public sealed class LiveTapTests : IDisposable
{
    private const uint RunId = 0xC0FFEE;
    private readonly NetworkNamespace _network = new();

    [Fact]
    public void What_a_ring_had_no_room_for_is_counted_and_the_counts_add_up()
    {
        const int frames = 50_000;
        using var tap = _network.Inside(() =>
            LiveTap.Open("w1a", GeneratorFrame.CaptureFilter(RunId), GeneratorFrame.BytesNeeded, kernelBufferBytes: 512 * 1024, TimeProvider.System));
        using var socket = _network.Inside(() => PacketSocket.Open("w1a", 60));
        FrameTemplate.Write(socket.Frame(0), socket.HardwareAddress);
        var taken = 0;
        for (var i = 0; i < frames; i++)
        {
            FrameTemplate.Fill(socket.Frame(0), new GeneratorHeader(PacketKind.Measured, RunId, 0, (ulong)i));
            taken += socket.Send(0, 1);
        }

        // Nobody read so far; what the ring holds is read now.
        var listener = new Counter();
        tap.StopAt(ClockReading.NowNs(TimeProvider.System));
        tap.Run(listener);

        var statistics = tap.Statistics;
        Assert.Equal(taken, statistics.Received);
        Assert.InRange(statistics.Dropped, 1, frames);
        Assert.Equal(statistics.Received, listener.Frames + statistics.Dropped);
        Assert.Equal(statistics.Dropped, statistics.Missed);
    }

    public void Dispose() => _network.Dispose();

    private sealed class Counter : ITapListener
    {
        public long Frames { get; private set; }

        public void OnFrame(long timeNs, ReadOnlySpan<byte> frame, int originalLength) => Frames++;

        public void OnIdle(long completeUntilNs)
        {
        }
    }
}
