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

    [Fact]
    public void The_other_direction_has_the_same_rows_with_names_of_their_own()
    {
        var reverse = new AnalysisResult { MadeBy = "test", Counters = new Counters { Before = 9, After = 8, Matched = 8, Lost = 1 } };
        var forward = reverse with { Counters = new Counters { Before = 4, After = 3, Matched = 3, Lost = 1 } };
        var (one, both) = (Rows(forward), Rows(forward with { Reverse = reverse }));
        Assert.Equal([.. one, .. Rows(reverse).Skip(1).Select(row => $"reverse_{row}")], both);
        Assert.Contains("reverse_before,9", both);
    }

    [Fact]
    public void The_slowest_packets_name_their_flows()
    {
        using var output = new StringWriter();
        ResultTables.WriteWorst(output, new AnalysisResult
        {
            MadeBy = "test",
            Counters = new Counters { Before = 2, After = 2, Matched = 2, Lost = 0 },
            Worst = [new WorstPacket(30, 1, 31, 7), new WorstPacket(20, 2, 22, 8)],
            WorstFlows = new Dictionary<int, string> { [7] = "10.0.0.1:1 > 10.0.0.2:2 udp" },
        });
        Assert.Equal(
            ["latency_ns,sent_ns,arrived_ns,flow,flow_name", "30,1,31,7,\"10.0.0.1:1 > 10.0.0.2:2 udp\"", "20,2,22,8,"],
            output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    private static string[] Rows(AnalysisResult result)
    {
        using var output = new StringWriter();
        ResultTables.WriteSummary(output, result);
        return output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }
}
