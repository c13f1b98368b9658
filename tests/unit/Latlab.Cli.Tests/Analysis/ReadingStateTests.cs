using Latlab.Cli.Analysis;
using Latlab.Measurement.Captures;

namespace Latlab.Cli.Tests.Analysis;

public sealed class ReadingStateTests
{
    [Fact]
    public void Of_one_capture_it_is_what_was_read_of_its_size() => Assert.Equal(
        new ReadingState("1,234,567 packets", 0.25), ReadingState.Of([Facts(packets: 1_234_567, bytes: 25, totalBytes: 100)]));

    [Fact]
    public void Of_two_it_is_what_was_read_of_both() => Assert.Equal(
        new ReadingState("30 packets", 0.5), ReadingState.Of([Facts(10, 100, 100), Facts(20, 100, 300)]));

    /// <summary>A pipe, a compressed file, or one that grows.</summary>
    [Fact]
    public void Of_an_unknown_size_there_is_no_fraction() => Assert.Equal(
        new ReadingState("30 packets", null), ReadingState.Of([Facts(10, 100, 100), Facts(20, 100, 0)]));

    [Fact]
    public void More_than_there_was_at_the_start_is_all_of_it() => Assert.Equal(
        new ReadingState("1 packets", 1), ReadingState.Of([Facts(1, 200, 100)]));

    private static CaptureFacts Facts(long packets, long bytes, long totalBytes) => new() { Name = "x", Packets = packets, Bytes = bytes, TotalBytes = totalBytes };
}
