using Latlab.Measurement.Identity;

namespace Latlab.Measurement.Analysis;

/// <summary>Works out how two captures whose clocks may be apart are to be merged.</summary>
public static class PairOptions
{
    /// <summary>
    /// The options with an allowance for the clocks' offset, where the first packets' latency is none that the window could explain: so
    /// that packets are matched, and the clock report says what is wrong, instead of everything being lost. What may be latency is never allowed
    /// for: it would make the window longer than the user asked for.
    /// </summary>
    /// <param name="options">What the user asked for.</param>
    /// <param name="offset">What a look at the first packets found; null if nothing.</param>
    public static AnalysisOptions AllowFor(AnalysisOptions options, ClockOffset? offset)
    {
        if (offset is null)
        {
            return options;
        }

        var remainingNs = offset.MinNs - options.ClockOffsetNs;
        return remainingNs <= options.Match.WindowNs && remainingNs >= -options.Match.WindowNs / 2
            ? options
            : options with { Match = options.Match with { MergeOffsetNs = remainingNs } };
    }
}
