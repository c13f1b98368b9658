using System.Text.RegularExpressions;
using DuckDB.NET.Data;
using Latlab.Cli.Tests.Live;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Results;
using Latlab.Measurement.Synthesis;
using Latlab.Reports;

namespace Latlab.Cli.Tests.Analysis;

/// <summary>DuckDB, which did not write them, reads the Parquet files that <c>latlab</c> writes, with the query that the docs give.</summary>
public sealed partial class DuckDbTests : IDisposable
{
    private const string DocumentedFile = "packets.parquet";
    private const double DocumentedPercentile = 99.99;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latlab-duckdb-");

    public DuckDbTests()
    {
        var options = new SynthesisOptions
        {
            // Longer than the window, so that some are lost for certain.
            Packets = 60_000,
            Rate = 100_000,
            Flows = 3,
            Loss = 0.01,
            Reorder = 0.01,
            DuplicatesBefore = 0.001,
            DuplicatesAfter = 0.001,
            StallPeriodNs = 10_000_000,
            StallNs = 300_000,
        };
        using var before = new PcapWriter(File.Create(PathOf("before.pcap")), 256);
        using var after = new PcapWriter(File.Create(PathOf("after.pcap")), 256);
        SyntheticPair.Write(options, before, after);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_documented_query_over_every_packet_gives_the_percentile_of_the_result()
    {
        var result = await AnalyzeAsync();
        var query = DocumentedQuery();
        Assert.Contains($"'{DocumentedFile}'", query, StringComparison.Ordinal);
        var percentile = result.LatencyNs!.Percentiles.Single(known => known.Percentile == DocumentedPercentile);
        Assert.Equal(percentile.Value, Ask<long>(query.Replace(DocumentedFile, PathOf(DocumentedFile), StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Fates_flows_and_latencies_are_those_of_the_result()
    {
        var result = await AnalyzeAsync("--per-flow");
        var file = PathOf(DocumentedFile);
        var counters = result.Counters;
        (int Fate, long? Count)[] fates =
        [
            (0, counters.Matched), (1, counters.Lost), (2, counters.Undecided), (3, counters.DuplicatedBefore), (4, counters.Recurred), (5, counters.Negative),
            (6, counters.Implausible),
        ];
        Assert.All(fates, fate => Assert.Equal(fate.Count, Ask<long>($"SELECT count(*) FROM '{file}' WHERE fate = {fate.Fate}")));
        Assert.True(counters is { Lost: > 0, Undecided: > 0, DuplicatedBefore: > 0 });
        Assert.Equal(counters.Before, Ask<long>($"SELECT count(*) FROM '{file}'"));
        // Latencies that are none are null, and no 0.
        Assert.Equal(result.LatencyNs!.Min, Ask<long>($"SELECT min(latency_ns) FROM '{file}'"));
        Assert.All(result.Flows, flow => Assert.Equal(
            flow.LatencyNs!.Max, Ask<long>($"SELECT max(latency_ns) FROM '{file}' WHERE fate = 0 AND flow = {flow.Flow}")));
        Assert.Equal("false", Ask<string>($"SELECT decode(value) FROM parquet_kv_metadata('{file}') WHERE decode(key) = 'partial'"));
    }

    [Fact]
    public async Task The_exported_histogram_has_every_latency()
    {
        var result = await AnalyzeAsync();
        var file = PathOf("histogram.parquet");
        await LatlabAsync("export", PathOf("result"), "--to", "parquet", "-o", file);
        Assert.Equal(result.LatencyNs!.Count, Ask<long>($"SELECT sum(count)::BIGINT FROM '{file}'"));
        Assert.Equal(result.LatencyNs.Max, Ask<long>($"SELECT max(latency_ns) FROM '{file}'"));
        Assert.Equal(
            result.HistogramNs!.Values.Zip(result.HistogramNs.Counts).Sum(bucket => bucket.First * bucket.Second),
            Ask<long>($"SELECT sum(latency_ns * count)::BIGINT FROM '{file}'"));
    }

    private static T Ask<T>(string query)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The queries are the docs' and this test's.
        command.CommandText = query;
#pragma warning restore CA2100
        return Assert.IsType<T>(command.ExecuteScalar());
    }

    /// <summary>The one block of SQL in docs/reference/exports.md.</summary>
    private static string DocumentedQuery()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var page = Path.Combine(folder.FullName, "docs", "reference", "exports.md");
            if (File.Exists(page))
            {
                return Assert.Single(SqlBlock().Matches(File.ReadAllText(page))).Groups["sql"].Value;
            }
        }

        throw new FileNotFoundException("docs/reference/exports.md is not above the test");
    }

    [GeneratedRegex(@"^```sql\n(?<sql>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex SqlBlock();

    private async Task<AnalysisResult> AnalyzeAsync(params string[] options)
    {
        await LatlabAsync(["analyze", PathOf("before.pcap"), PathOf("after.pcap"), "-o", PathOf("result"), "--parquet", PathOf(DocumentedFile), .. options]);
        return ResultFiles.Read(PathOf("result"));
    }

    private static async Task LatlabAsync(params string[] arguments)
    {
        using var latlab = LatlabProcess.Start([Path.Combine(AppContext.BaseDirectory, "latlab"), .. arguments]);
        var (exitCode, output, error) = await latlab.WaitAsync();
        Assert.True(exitCode == 0, output + error);
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
