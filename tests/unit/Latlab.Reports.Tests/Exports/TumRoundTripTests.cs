using Latlab.Measurement.Results;
using Latlab.Reports.Exports;
using Latlab.Reports.Importing;

namespace Latlab.Reports.Tests.Exports;

/// <summary>What is exported as the evaluator's files, and imported again, has the same rates.</summary>
public sealed class TumRoundTripTests : IDisposable
{
    private const long Millisecond = 1_000_000;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latlab-tum-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    // The evaluator's bins are of a second: 25 intervals of 100 ms are 2.5 of them.
    [InlineData(100, 1_000, new long[] { 1_045, 1_145, 610 })]
    [InlineData(1_000, 1_000, null)]
    // As near to a second as whole intervals come.
    [InlineData(300, 900, new long[] { 303, 312, 321, 330, 339, 348, 357, 366, 124 })]
    [InlineData(10_000, 10_000, null)]
    public void Rates_are_in_bins_of_a_second_and_keep_their_scale(long intervalMs, long binMs, long[]? sent)
    {
        var series = new TimeSeries
        {
            IntervalNs = intervalMs * Millisecond,
            StartNs = 1_700_000_000_123_456_789,
            Sent = [.. Enumerable.Range(0, 25).Select(i => 100L + i)],
            Arrived = [.. Enumerable.Range(0, 25).Select(i => 99L + i)],
        };
        var again = RoundTrip(series);
        Assert.Equal((binMs * Millisecond, series.StartNs), (again.IntervalNs, again.StartNs));
        Assert.Equal(sent ?? series.Sent, again.Sent);
        Assert.Equal((series.Sent.Sum(), series.Arrived.Sum()), (again.Sent.Sum(), again.Arrived.Sum()));
    }

    [Fact]
    public void Bins_of_the_capture_after_start_with_its_own_first_packet_and_empty_ones_may_be_left_out()
    {
        Write("hist", "latency_bucket,count\n4200,3");
        Write("packetratepre", "ts,count\n552376310,10\n1552376310,11\n4552376310,14");
        Write("packetratepost", "ts,count\n1552470228,21\n2552470228,22\n5552470228,25");
        var series = Assert.Single(TumCsvImporter.Import(_folder.FullName)).TimeSeries!;
        Assert.Equal((1_000_000_000, 552_376_310), (series.IntervalNs, series.StartNs));
        Assert.Equal([10, 11, 0, 0, 14, 0], series.Sent);
        Assert.Equal([0, 21, 22, 0, 0, 25], series.Arrived);
    }

    [Fact]
    public void A_stamp_that_is_years_away_is_named()
    {
        Write("packetratepre", "ts,count\n552376310,10\n1552376310,11");
        Write("packetratepost", "ts,count\n552470228,21\n1700000001552470228,22");
        var message = Assert.Throws<InvalidDataException>(() => TumCsvImporter.Import(_folder.FullName)).Message;
        Assert.Contains("r.packetratepost.csv: line 3", message, StringComparison.Ordinal);
    }

    private TimeSeries RoundTrip(TimeSeries series)
    {
        TumCsvExporter.Export(SmallResults.Of("r", 1_000, 5_000) with { TimeSeries = series }, _folder.FullName, "r");
        return Assert.Single(TumCsvImporter.Import(_folder.FullName)).TimeSeries!;
    }

    private void Write(string kind, string text) => File.WriteAllText(Path.Combine(_folder.FullName, $"r.{kind}.csv"), text + "\n");
}
