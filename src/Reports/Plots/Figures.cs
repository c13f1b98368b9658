using Latlab.Measurement.Results;

namespace Latlab.Reports.Plots;

/// <summary>All plots that results have data for.</summary>
internal static class Figures
{
    /// <summary>In the order of a report. The results' names are to be different.</summary>
    public static IReadOnlyList<Figure> Of(IReadOnlyList<AnalysisResult> results) =>
    [
        .. new[] { PercentileFigure.Of(results), HistogramFigure.Of(results), WorstFigure.Of(results) }.OfType<Figure>(),
        .. TimeFigures.Of(results),
    ];
}
