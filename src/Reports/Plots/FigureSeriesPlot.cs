using ScottPlot;

namespace Latlab.Reports.Plots;

/// <summary>Draws a series by ScottPlot.</summary>
internal static class FigureSeriesPlot
{
    private const float LineWidth = 1.4f;

    public static void Add(Plot plot, FigureSeries series, FigureScale x, FigureScale y, FigureSize size)
    {
        var colour = Color.FromHex(Palette.Of(series.Colour));
        switch (series.Shape)
        {
            case SeriesShape.Line:
                AddLine(plot, series, x, y, colour);
                break;
            case SeriesShape.Points:
                AddMarkers(plot, series, x, y, size, MarkerShape.FilledCircle, 2.4f, colour.WithAlpha(0.8), 0);
                break;
            case SeriesShape.Marks:
                AddMarkers(plot, series, x, y, size, MarkerShape.OpenTriangleDown, 6, colour, 1);
                break;
            case SeriesShape.Bars:
                AddBars(plot, series, x, y, colour);
                break;
        }
    }

    private static void AddLine(Plot plot, FigureSeries series, FigureScale x, FigureScale y, Color colour)
    {
        Coordinates[] points = [.. series.X.Zip(series.Y, (at, value) => new Coordinates(x.Place(at), value is { } known ? y.Place(known) : double.NaN))];
        var line = plot.Add.ScatterLine(points, series.Weak ? colour.WithAlpha(0.45) : colour);
        line.LineWidth = LineWidth;
        line.LinePattern = Pattern(series.Dash);
    }

    /// <summary>Of points that one would hide behind another, one is drawn: files stay small.</summary>
    private static void AddMarkers(
        Plot plot, FigureSeries series, FigureScale x, FigureScale y, FigureSize size, MarkerShape shape, float markerSize, Color colour, float lineWidth)
    {
        Coordinates[] points = [.. series.X.Zip(series.Y)
            .Where(pair => pair.Second is not null)
            .Select(pair => new Coordinates(x.Place(pair.First), y.Place(pair.Second!.Value)))
            .DistinctBy(point => (
                Math.Round((point.X - x.From) / (x.To - x.From) * size.Width),
                Math.Round((point.Y - y.From) / (y.To - y.From) * size.Height)))];
        var markers = plot.Add.Markers(points, shape, markerSize, colour);
        markers.MarkerLineWidth = lineWidth;
    }

    private static void AddBars(Plot plot, FigureSeries series, FigureScale x, FigureScale y, Color colour)
    {
        for (var point = 0; point < series.X.Count; point++)
        {
            if (series is { Low: { } lows, High: { } highs } && lows[point] is { } low && highs[point] is { } high)
            {
                var bar = plot.Add.Line(x.Place(series.X[point]), y.Place(low), x.Place(series.X[point]), y.Place(high));
                bar.Color = colour;
                bar.LineWidth = LineWidth;
                bar.MarkerShape = MarkerShape.HorizontalBar;
                bar.MarkerSize = 5;
                bar.MarkerLineWidth = 1;
                bar.MarkerLineColor = colour;
            }
        }
    }

    private static LinePattern Pattern(int dash)
    {
        var intervals = Palette.DashOf(dash);
        return intervals.Length == 0 ? LinePattern.Solid : new LinePattern(intervals, 0, "");
    }
}
