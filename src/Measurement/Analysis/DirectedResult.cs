using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Results;

namespace Latlab.Measurement.Analysis;

/// <summary>Results of two captures that both have both directions, each analysed for itself.</summary>
public static class DirectedResult
{
    /// <summary>What to find out about either direction: in the other one the capture after the device is the one before.</summary>
    /// <param name="options">What the user asked for; <see cref="AnalysisOptions.Observers"/> are told of the usual direction's packets only.</param>
    /// <param name="directions">What the first packets tell.</param>
    public static (AnalysisOptions Forward, AnalysisOptions Reverse) OptionsOf(AnalysisOptions options, TrafficDirections directions) => (
        PairOptions.AllowFor(options, directions.Forward),
        PairOptions.AllowFor(options with { ClockOffsetNs = -options.ClockOffsetNs, Observers = [] }, directions.Reverse));

    /// <summary>
    /// What is known of a capture for the result of the other direction: without the frames and problems that are counted with the usual
    /// one. What the capture missed may have gone either way, so that both results have it: it is no part of their sums, and a reader of
    /// either must know that its losses may be the capture's.
    /// </summary>
    public static CaptureFacts OfReverse(CaptureFacts facts) => new()
    {
        Name = facts.Name,
        Format = facts.Format,
        ResolutionNs = facts.ResolutionNs,
        SnapLength = facts.SnapLength,
        Packets = facts.Packets,
        FirstStepBackOffset = facts.FirstStepBackOffset,
        Drops = facts.Drops,
    };

    /// <summary>The result of the usual direction, with that of the other one in <see cref="AnalysisResult.Reverse"/>.</summary>
    /// <param name="forward">Of the usual direction.</param>
    /// <param name="reverse">Of the other one.</param>
    /// <param name="before">Flows of the capture before the device.</param>
    /// <param name="after">Flows of the capture after it.</param>
    public static AnalysisResult Join(AnalysisResult forward, AnalysisResult reverse, FlowTable before, FlowTable after)
    {
        var note = $"both captures have both directions: {reverse.Counters.Before} packets pass the capture after first, and are in \"reverse\"";
        return Named(forward, before) with { Reverse = Named(reverse, after), Notes = [.. forward.Notes, note] };
    }

    /// <summary>The flow of the other direction is in the other result.</summary>
    private static AnalysisResult Named(AnalysisResult result, FlowTable names) => result.Named(names.NameOf, _ => null);
}
