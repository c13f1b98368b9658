using Latlab.Crds.Experiments;
using Latlab.Crds.Runs;

namespace Latlab.Operator.Experiments;

/// <summary>Medians over runs, each number by itself.</summary>
internal static class Medians
{
    /// <summary>Null when there are no results.</summary>
    public static MedianResults? Of(IReadOnlyList<RunResults> results)
    {
        if (results.Count == 0)
        {
            return null;
        }

        return new MedianResults
        {
            LatencyNs = new LatencySummary
            {
                Min = Lower(results, r => r.LatencyNs!.Min),
                Mean = Lower(results, r => r.LatencyNs!.Mean),
                P50 = Lower(results, r => r.LatencyNs!.P50),
                P90 = Lower(results, r => r.LatencyNs!.P90),
                P99 = Lower(results, r => r.LatencyNs!.P99),
                P999 = Lower(results, r => r.LatencyNs!.P999),
                P9999 = Lower(results, r => r.LatencyNs!.P9999),
                Max = Lower(results, r => r.LatencyNs!.Max),
            },
            Lost = Lower(results, r => r.Lost),
            LossPercent = results.OrderBy(LossRatio).ElementAt((results.Count - 1) / 2).LossPercent,
            OfferedRate = Lower(results, r => r.OfferedRate),
        };
    }

    /// <summary>
    /// The lower median: of an even number of values the lower one of the middle two, so that it is a value that was measured.
    /// </summary>
    private static long Lower(IReadOnlyList<RunResults> results, Func<RunResults, long> value) =>
        results.Select(value).Order().ElementAt((results.Count - 1) / 2);

    /// <summary>Of runs that sent different numbers, the one that lost most packets need not have lost the greatest part.</summary>
    private static decimal LossRatio(RunResults results) => (decimal)results.Lost / Math.Max(1, results.Sent);
}
