namespace Latlab.Reports.Plots;

/// <summary>What a plot shows, whatever draws it: the page's script, or ScottPlot for a file.</summary>
/// <param name="Id">Name of its files and of its part of the page: <c>percentiles</c>.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Caption">How to read it, in a sentence or two.</param>
/// <param name="X">The horizontal axis.</param>
/// <param name="Y">The vertical axis.</param>
/// <param name="Series">What is drawn, at the bottom first.</param>
internal sealed record Figure(string Id, string Title, string Caption, FigureAxis X, FigureAxis Y, IReadOnlyList<FigureSeries> Series)
{
    /// <summary>Stretches of the horizontal axis that are marked: stall episodes.</summary>
    public IReadOnlyList<FigureSpan> Spans { get; init; } = [];
}

/// <summary>An axis.</summary>
/// <param name="Label">Quantity and unit.</param>
/// <param name="Scale">How values are laid out.</param>
internal sealed record FigureAxis(string Label, AxisScale Scale)
{
    /// <summary>Lowest value to show; null for that of the data.</summary>
    public double? Min { get; init; }

    /// <summary>Highest value to show; null for that of the data.</summary>
    public double? Max { get; init; }

    /// <summary>Logarithmic where all values allow it.</summary>
    public static AxisScale LogIfPositive(IEnumerable<FigureSeries> series) =>
        series.SelectMany(one => one.Y.Concat(one.Low ?? [])).All(value => value is null or > 0) ? AxisScale.Log : AxisScale.Linear;
}

/// <summary>How values are laid out on an axis.</summary>
internal enum AxisScale
{
    /// <summary>Evenly.</summary>
    Linear,

    /// <summary>By their logarithms.</summary>
    Log,

    /// <summary>
    /// Percentiles, as HdrHistogram shows them: values are 1/(1-p), by their logarithms, and are labelled with p in percent.
    /// </summary>
    Percentile,
}

/// <summary>A marked stretch of the horizontal axis.</summary>
/// <param name="Colour">Index of its colour: that of the result that it belongs to.</param>
/// <param name="From">Start.</param>
/// <param name="To">End.</param>
internal readonly record struct FigureSpan(int Colour, double From, double To);
