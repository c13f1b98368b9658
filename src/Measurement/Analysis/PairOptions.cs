using Latlab.Measurement.Identity;

namespace Latlab.Measurement.Analysis;

/// <summary>Works out how two captures whose clocks may be apart are to be merged.</summary>
public static class PairOptions
{
    /// <summary>
    /// The options with an allowance for the clocks' offset, where that is more than the window could explain: so that packets are matched,
    /// and the clock report says what is wrong, instead of everything being lost.
    /// </summary>
    /// <param name="options">What the user asked for.</param>
    /// <param name="offset">What a look at the first packets found; null if nothing.</param>
    public static AnalysisOptions AllowFor(AnalysisOptions options, ClockOffset? offset)
    {
        if (offset is null)
        {
            return options;
        }

        var remaining = offset.MinNs - options.ClockOffsetNs;
        return Math.Abs(remaining) <= options.Match.WindowNs / 2
            ? options
            : options with { Match = options.Match with { MergeOffsetNs = remaining } };
    }
}
