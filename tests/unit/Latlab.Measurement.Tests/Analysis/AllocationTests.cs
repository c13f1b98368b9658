using Latlab.Measurement.Analysis;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Synthesis;

namespace Latlab.Measurement.Tests.Analysis;

/// <summary>What <c>tests/benchmarks/Latlab.Benchmarks</c> shows, as a gate.</summary>
public sealed class AllocationTests
{
    private const long Fewer = 100_000;
    private const long More = 500_000;

    /// <summary>
    /// The smallest object has 24 bytes, an array for a batch of 512 packets 8 for each. What grows with how far latencies and order spread
    /// may still grow.
    /// </summary>
    private const double MostPerPacket = 0.5;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, 0.01)]
    public void A_complete_analysis_allocates_nothing_per_packet(double reordered, double lost)
    {
        var options = new SynthesisOptions { Rate = 10_000_000, SpreadNs = 400, Reorder = reordered, Loss = lost };
        using var fewer = new SyntheticCaptures(options with { Packets = Fewer }, 0);
        using var more = new SyntheticCaptures(options with { Packets = More }, 0);
        // What is made once in a process is made now.
        Allocated(fewer);
        Assert.InRange((double)(Allocated(more) - Allocated(fewer)) / (More - Fewer), -MostPerPacket, MostPerPacket);
    }

    private static long Allocated(SyntheticCaptures captures)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var pair = CapturePair.Open(captures.Before, captures.After, new CaptureOptions());
        _ = pair.Analyze(new AnalysisOptions { Match = new MatchOptions(1_000_000) }, "test");
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
