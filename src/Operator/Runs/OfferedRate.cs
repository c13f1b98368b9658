using Latlab.Crds.Runs;

namespace Latlab.Operator.Runs;

/// <summary>Whether the device under test was offered what the experiment asks for.</summary>
internal static class OfferedRate
{
    private const int LowestPercent = 99;

    /// <summary>How much longer than planned the window may take, however short it is: a generator that is late once, at its end, has still held its rate.</summary>
    private const long HiccupNs = 10_000_000;

    /// <summary>What is missing, and the remedy; null when the rate was held.</summary>
    public static string? Shortfall(RunEvidence evidence)
    {
        var rate = evidence.Spec.Traffic.Rate;
        var results = evidence.Results;
        var offered = evidence.Generator.OfferedRate;
        if (results.Generated * 100 >= PlannedPackets.OfWindow(evidence.Spec.Traffic) * LowestPercent && !IsStretched(results.Generated, offered, rate))
        {
            return null;
        }

        return $"{rate} packets/s were asked for and {offered} offered ({results.NotSent} packets were not sent, {results.SendErrors} refused by the kernel), at most "
            + $"{RunSummary.Milliseconds(results.MaxLatenessNs)} late; lower traffic.rate, or give the node more housekeeping CPUs";
    }

    /// <summary>Whether the packets took markedly longer, from the first to the last, than at the rate that was asked for.</summary>
    private static bool IsStretched(long packets, long offered, long rate)
    {
        if (packets < 2 || offered * 100 >= rate * LowestPercent)
        {
            return false;
        }

        var gaps = (Int128)(packets - 1) * 1_000_000_000;
        return offered == 0 || (gaps / offered) - (gaps / rate) > HiccupNs;
    }
}
