using Latlab.Crds.Runs;

namespace Latlab.Operator.Runs;

/// <summary>Whether the device under test was offered what the experiment asks for.</summary>
internal static class OfferedRate
{
    private const int LowestPercent = 99;

    /// <summary>
    /// What is missing, and the remedy; null when the rate was held. The generator leaves out what is late by more than 100 ms, so the
    /// packets of the window say it all: a window is never stretched by more than that.
    /// </summary>
    public static string? Shortfall(RunEvidence evidence)
    {
        var rate = evidence.Spec.Traffic.Rate;
        var results = evidence.Results;
        return results.Generated * 100 >= PlannedPackets.OfWindow(evidence.Spec.Traffic) * LowestPercent
            ? null
            : $"{rate} packets/s were asked for and {evidence.Generator.OfferedRate} offered ({results.NotSent} packets were not sent, {results.SendErrors} refused by the kernel), at most "
                + $"{RunSummary.Milliseconds(results.MaxLatenessNs)} late; lower traffic.rate, or give the node more housekeeping CPUs";
    }
}
