using Latlab.Measurement.Results;
using Latlab.Reports.Exports;
using Latlab.Reports.Importing;

namespace Latlab.Reports.Tests.Exports;

/// <summary>The evaluator's files of rates and of gaps between packets.</summary>
public sealed class TumRatesAndGapsTests : IDisposable
{
    private const long Second = 1_000_000_000;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latlab-tum-");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>
    /// Of bare metal with nohz, 10 kpkt/s, repeat 0, in WiednerF/containerized-low-latency (MIT): 165 seconds before and after have packets.
    /// </summary>
    [Fact]
    public void Rates_are_those_that_the_evaluator_published_of_the_same_counts()
    {
        Export(new Counters { Before = 1_643_732, After = 1_643_705, Matched = 1_643_705, Lost = 27 }, Second, [.. Enumerable.Repeat(1L, 165)]);
        Assert.Equal(
            ["pre_received,post_received,transferrate,pre_pkts_per_second,post_pkts_per_second",
                "1643732,1643705,0.99998357396461223606,9962.0121212121212121,9961.8484848484848485"],
            Lines("transferrate"));
    }

    [Fact]
    public void What_the_warm_up_left_out_does_not_count_and_seconds_without_a_packet_neither()
    {
        Export(new Counters { Before = 90, After = 70, Matched = 40, Lost = 10, WarmUpBefore = 40, WarmUpAfter = 30 }, Second / 2, 1, 0, 0, 0, 1, 1);
        Assert.Equal("50,40,0.80000000000000000000,25.0000000000000000,20.0000000000000000", Lines("transferrate")[1]);
    }

    /// <summary>Rather than of bins that are no seconds.</summary>
    [Theory]
    [InlineData(300_000_000)]
    [InlineData(10 * Second)]
    public void Rates_that_intervals_do_not_tell_are_empty(long intervalNs)
    {
        Export(new Counters { Before = 10, After = 5, Matched = 5, Lost = 5 }, intervalNs, 1, 1, 1);
        Assert.Equal("10,5,0.50000000000000000000,,", Lines("transferrate")[1]);
        Export(new Counters { Before = 0, After = 0, Matched = 0, Lost = 0 }, Second, 0);
        Assert.Equal("0,0,,,", Lines("transferrate")[1]);
    }

    [Fact]
    public void Gaps_are_in_buckets_of_100_ns_and_the_same_when_imported_again()
    {
        var gaps = new VariationStatistics
        {
            GapHistogramBefore = new HistogramData([100, 900, 1_000], [4, 2, 1], 100),
            // Finer ones fit in, too.
            GapHistogramAfter = new HistogramData([0, 99, 100, 250], [1, 2, 3, 4]),
        };
        TumCsvExporter.Export(SmallResults.Of("r", 1_000, 5) with { Variation = gaps }, _folder.FullName, "r");
        Assert.Equal(["bucket,count", "100,4", "900,2", "1000,1"], Lines("jitterpre"));
        Assert.Equal(["bucket,count", "0,3", "100,3", "200,4"], Lines("jitterpost"));
        var again = Assert.Single(TumCsvImporter.Import(_folder.FullName)).Variation!;
        Assert.Equal([100, 900, 1_000], again.GapHistogramBefore!.Values);
        Assert.Equal([3, 3, 4], again.GapHistogramAfter!.Counts);
        Assert.Equal((100, null), (again.GapHistogramAfter.BucketNs, again.GapsAfter));
    }

    [Fact]
    public void A_result_that_does_not_know_gaps_has_no_files_of_them()
    {
        TumCsvExporter.Export(SmallResults.Of("r", 1_000, 5), _folder.FullName, "r");
        Assert.DoesNotContain(_folder.EnumerateFiles(), file => file.Name.Contains("jitter", StringComparison.Ordinal));
        Assert.Null(Assert.Single(TumCsvImporter.Import(_folder.FullName)).Variation);
    }

    private void Export(Counters counters, long intervalNs, params long[] packets)
    {
        var series = new TimeSeries { IntervalNs = intervalNs, StartNs = 7, Sent = packets, Arrived = packets };
        TumCsvExporter.Export(SmallResults.Of("r", 1_000, 5) with { Counters = counters, TimeSeries = series }, _folder.FullName, "r");
    }

    private string[] Lines(string kind) => File.ReadAllLines(Path.Combine(_folder.FullName, $"r.{kind}.csv"));
}
