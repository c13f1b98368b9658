using Latlab.Cli.Analysis;
using Latlab.Measurement.Results;

namespace Latlab.Cli.Tests.Analysis;

/// <summary>The summary as CSV, for scripts.</summary>
public sealed class ResultTablesTests
{
    private static readonly string[] OfTrust =
    [
        "partial,true", "clockVerdict,Suspicious", "windowNs,100000000", "lossRatio,0.25", "standardDeviation,12.5",
        "p50_lower,90", "p50_upper,110", "p50_exceedances,50", "p99.99_lower,", "p99.99_upper,", "p99.99_exceedances,0",
    ];

    private static readonly string[] Unknown = ["partial,false", "clockVerdict,", "windowNs,", "lossRatio,", "standardDeviation,"];

    [Fact]
    public void What_tells_how_far_numbers_can_be_trusted_is_after_them()
    {
        var rows = Rows(new AnalysisResult
        {
            MadeBy = "test",
            Partial = true,
            Counters = new Counters { Before = 4, After = 3, Matched = 3, Lost = 1 },
            Clock = new ClockReport { Verdict = ClockVerdict.Suspicious },
            Parameters = new AnalysisParameters { WindowNs = 100_000_000 },
            Loss = new LossStatistics { Ratio = 0.25 },
            LatencyNs = new LatencyStatistics
            {
                Count = 100,
                Min = 1,
                Max = 200,
                StandardDeviation = 12.5,
                Percentiles = [new PercentileValue(50, 100, 90, 110, 50), new PercentileValue(99.99, 200, null, null, 0)],
            },
        });
        Assert.Equal("name,value", rows[0]);
        Assert.Equal(["p50,100", "p99.99,200", .. OfTrust], rows[^13..]);
    }

    [Fact]
    public void What_is_unknown_is_empty()
    {
        var rows = Rows(new AnalysisResult { MadeBy = "test", Counters = new Counters { Before = 1, After = 1, Matched = 1, Lost = 0 } });
        Assert.Equal(Unknown, rows[^5..]);
        Assert.All(rows, row => Assert.Single(row, c => c == ','));
    }

    private static string[] Rows(AnalysisResult result)
    {
        using var output = new StringWriter();
        ResultTables.WriteSummary(output, result);
        return output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }
}
