using ScottPlot;
using SkiaSharp;

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
                plot.Add.Markers(Visible(series, x, y, size), MarkerShape.FilledCircle, 2.4f, colour.WithAlpha(0.8)).MarkerLineWidth = 0;
                break;
            case SeriesShape.Marks:
                AddTriangles(plot, Visible(series, x, y, size), colour);
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
    private static Coordinates[] Visible(FigureSeries series, FigureScale x, FigureScale y, FigureSize size) => [.. series.X.Zip(series.Y)
        .Where(pair => pair.Second is not null)
        .Select(pair => new Coordinates(x.Place(pair.First), y.Place(pair.Second!.Value)))
        .DistinctBy(point => (
            Math.Round((point.X - x.From) / (x.To - x.From) * size.Width),
            Math.Round((point.Y - y.From) / (y.To - y.From) * size.Height)))];

    private static void AddTriangles(Plot plot, Coordinates[] points, Color colour) => plot.PlottableList.Add(new StrokedShapes(
        (path, pixel) =>
        {
            foreach (var point in points)
            {
                var middle = pixel(point);
                path.AddPoly([new(middle.X - 3, middle.Y - 2.5f), new(middle.X + 3, middle.Y - 2.5f), new(middle.X, middle.Y + 2.5f)], close: true);
            }
        },
        colour,
        1));

    /// <summary>Bars from end to end, with ticks there.</summary>
    private static void AddBars(Plot plot, FigureSeries series, FigureScale x, FigureScale y, Color colour)
    {
        const float halfTick = 2.5f;
        var bars = Enumerable.Range(0, series.X.Count)
            .Where(point => series.Low?[point] is not null && series.High?[point] is not null)
            .Select(point => (X: x.Place(series.X[point]), Low: y.Place(series.Low![point]!.Value), High: y.Place(series.High![point]!.Value)))
            .ToList();
        plot.PlottableList.Add(new StrokedShapes(
            (path, pixel) =>
            {
                foreach (var bar in bars)
                {
                    var (low, high) = (pixel(new Coordinates(bar.X, bar.Low)), pixel(new Coordinates(bar.X, bar.High)));
                    AddLine(path, low, high);
                    AddLine(path, new SKPoint(low.X - halfTick, low.Y), new SKPoint(low.X + halfTick, low.Y));
                    AddLine(path, new SKPoint(high.X - halfTick, high.Y), new SKPoint(high.X + halfTick, high.Y));
                }
            },
            colour,
            LineWidth));
    }

    private static void AddLine(SKPath path, SKPoint from, SKPoint to)
    {
        path.MoveTo(from);
        path.LineTo(to);
    }

    private static LinePattern Pattern(int dash)
    {
        var intervals = Palette.DashOf(dash);
        return intervals.Length == 0 ? LinePattern.Solid : new LinePattern(intervals, 0, "");
    }
}
