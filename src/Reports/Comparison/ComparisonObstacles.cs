using Latlab.Measurement.Results;

namespace Latlab.Reports.Comparison;

/// <summary>What keeps results from being compared: numbers of different instruments look alike and are not.</summary>
internal static class ComparisonObstacles
{
    /// <summary>Parts of the environment that decide about latency as much as what is compared.</summary>
    private static readonly string[] Instruments = ["nic", "timestamper"];

    public static IEnumerable<string> Of(IReadOnlyList<AnalysisResult> results)
    {
        var first = results[0];
        foreach (var other in results.Skip(1))
        {
            if (other.Timestamps != first.Timestamps)
            {
                yield return $"{first.Name} has {Word(first.Timestamps)} timestamps and {other.Name} {Word(other.Timestamps)} ones: their errors differ by more than what "
                    + "is compared; compare results of one source";
            }

            foreach (var key in Instruments)
            {
                var (one, two) = (Of(first, key), Of(other, key));
                if (one is null != two is null)
                {
                    var (known, unknown) = one is null ? (other, first) : (first, other);
                    yield return $"{known.Name} was made with {key} {one ?? two}, and of {unknown.Name} it is not known: compare results of one {key}, and name it with --env {key}=…";
                }
                else if (!string.Equals(one, two, StringComparison.OrdinalIgnoreCase))
                {
                    yield return $"{first.Name} was made with {key} {one} and {other.Name} with {two}: what a NIC adds differs by microseconds; compare results of one {key}";
                }
            }
        }

        foreach (var result in results)
        {
            if (result.Partial)
            {
                yield return $"{result.Name} is of an analysis that was interrupted; analyse its captures to the end";
            }

            if (result.Clock?.Verdict == ClockVerdict.Unusable)
            {
                yield return $"{result.Name}: its clocks are unusable: {string.Join("; ", result.Clock.Reasons)}";
            }

            if (result.LatencyNs is null)
            {
                yield return $"{result.Name} has no latency: nothing matched";
            }
        }
    }

    /// <summary>
    /// Where nothing at all says which instrument made any of the results, they may be of one or of several: no obstacle, as most who compare
    /// have one NIC, and not to be passed over.
    /// </summary>
    public static string? WarningOf(IReadOnlyList<AnalysisResult> results) =>
        results.All(result => result.Timestamps == TimestampSource.Unknown && Array.TrueForAll(Instruments, key => Of(result, key) is null))
            ? "NIC and timestamp source are known of none of these results, so nothing tells whether one instrument made them all; name them where results are made: "
                + "--env nic=… --timestamps hardware|software"
            : null;

    private static string? Of(AnalysisResult result, string key) =>
        result.Environment.FirstOrDefault(entry => entry.Key.Equals(key, StringComparison.OrdinalIgnoreCase)).Value;

    private static string Word(TimestampSource source) => source switch
    {
        TimestampSource.Hardware => "hardware",
        TimestampSource.Software => "software",
        _ => "unknown",
    };
}
