using Latlab.Cli.Terminal;
using Latlab.Measurement.Captures;

namespace Latlab.Cli.Tests.Terminal;

public sealed class ProgressStateTests
{
    [Fact]
    public void Of_one_capture_it_is_what_was_read_of_its_size() => Assert.Equal(
        new ProgressState("1,234,567 packets", 0.25), ProgressState.OfReading([Facts(packets: 1_234_567, bytes: 25, totalBytes: 100)]));

    [Fact]
    public void Of_two_it_is_what_was_read_of_both() => Assert.Equal(
        new ProgressState("30 packets", 0.5), ProgressState.OfReading([Facts(10, 100, 100), Facts(20, 100, 300)]));

    /// <summary>A pipe, a compressed file, or one that grows.</summary>
    [Fact]
    public void Of_an_unknown_size_there_is_no_fraction() => Assert.Equal(
        new ProgressState("30 packets", null), ProgressState.OfReading([Facts(10, 100, 100), Facts(20, 100, 0)]));

    [Fact]
    public void More_than_there_was_at_the_start_is_all_of_it() => Assert.Equal(
        new ProgressState("1 packets", 1), ProgressState.OfReading([Facts(1, 200, 100)]));

    [Fact]
    public void Of_a_live_capture_it_is_how_much_of_its_time_is_over_and_without_an_end_there_is_no_fraction()
    {
        var (elapsed, duration) = (TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(60));
        Assert.Equal(new ProgressState("1,500 packets, 2 dropped", 0.25), ProgressState.OfCapturing(1_500, 2, elapsed, duration));
        Assert.Equal(1, ProgressState.OfCapturing(1, 0, duration, elapsed).Fraction);
        Assert.Null(ProgressState.OfCapturing(1, 0, elapsed, null).Fraction);
    }

    private static CaptureFacts Facts(long packets, long bytes, long totalBytes) => new() { Name = "x", Packets = packets, Bytes = bytes, TotalBytes = totalBytes };
}
