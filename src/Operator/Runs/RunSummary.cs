using System.Globalization;

namespace Latlab.Operator.Runs;

/// <summary>What there is to say of a valid result, and of how it came about.</summary>
internal static class RunSummary
{
    /// <summary>Lateness below this is what any timer has.</summary>
    private const long NotableLatenessNs = 1_000_000;

    public static string Of(RunEvidence evidence) => string.Join("; ", Parts(evidence));

    public static string Milliseconds(long ns) => (ns / 1_000_000m).ToString("0.###", CultureInfo.InvariantCulture) + " ms";

    private static IEnumerable<string> Parts(RunEvidence evidence)
    {
        var results = evidence.Results;
        yield return $"{results.Matched} of {results.Sent} packets matched, {results.Lost} lost";
        if (results.Generated > results.Sent)
        {
            yield return $"{results.Generated - results.Sent} more were generated and never reached the ingress tap";
        }

        if (results.NotSent > 0 || results.SendErrors > 0)
        {
            yield return $"{results.NotSent} were not sent and {results.SendErrors} refused by the kernel";
        }

        if (results.MaxLatenessNs > NotableLatenessNs)
        {
            yield return $"packets were sent up to {Milliseconds(results.MaxLatenessNs)} late, up to {results.LongestBurst} back to back";
        }

        if (!evidence.Meter.EndMarkerSeen)
        {
            yield return "the end marker was not seen, so the capture ended by its deadline";
        }
    }
}
