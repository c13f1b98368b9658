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

    private static CaptureFacts Facts(long packets, long bytes, long totalBytes) => new() { Name = "x", Packets = packets, Bytes = bytes, TotalBytes = totalBytes };
}
