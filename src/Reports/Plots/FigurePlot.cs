using ScottPlot;

namespace Latlab.Reports.Plots;

/// <summary>A figure as ScottPlot's plot. Logarithmic axes are of logarithms, with ticks of our own: ScottPlot has none.</summary>
internal static class FigurePlot
{
    private const float FontSize = 11;

    /// <summary>To be disposed of.</summary>
    public static Plot Of(Figure figure, FigureSize size)
    {
        ReportTypeface.Register();
        var plot = new Plot();
        var x = new FigureScale(figure.X, figure.Series.SelectMany(series => series.X));
        var y = new FigureScale(figure.Y, figure.Series.SelectMany(series => series.Y.Concat(series.Low ?? []).Concat(series.High ?? [])).OfType<double>());
        foreach (var span in figure.Spans)
        {
            Shade(plot, x, span, size);
        }

        foreach (var series in figure.Series)
        {
            FigureSeriesPlot.Add(plot, series, x, y, size);
        }

        plot.Axes.SetLimits(x.From, x.To, y.From, y.To);
        // A label of the horizontal axis is wider than one of the vertical axis is high.
        LabelAxis(plot.Axes.Bottom, figure.X, x, size.Width / 45);
        LabelAxis(plot.Axes.Left, figure.Y, y, size.Height / 30);
        plot.Grid.MajorLineColor = Colors.Black.WithAlpha(0.12);
        // Room for half a label; without lines.
        plot.Axes.Right.MinimumSize = 22;
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Axes.Top.IsVisible = false;
        plot.HideLegend();
        return plot;
    }

    /// <summary>What is narrower than a pixel is left out: many of them would colour all of the plot.</summary>
    private static void Shade(Plot plot, FigureScale x, FigureSpan span, FigureSize size)
    {
        var (from, to) = (x.Place(span.From), x.Place(span.To));
        if ((to - from) / (x.To - x.From) * size.Width >= 1)
        {
            var shade = plot.Add.HorizontalSpan(from, to, Color.FromHex(Palette.Of(span.Colour)).WithAlpha(0.18));
            shade.LineStyle.Width = 0;
        }
    }

    private static void LabelAxis(IAxis axis, FigureAxis meaning, FigureScale scale, int most)
    {
        var ticks = new ScottPlot.TickGenerators.NumericManual();
        foreach (var (value, label) in AxisTicks.Of(meaning.Scale, scale.Min, scale.Max, Math.Max(2, most)))
        {
            if (label.Length > 0)
            {
                ticks.AddMajor(scale.Place(value), label);
            }
            else
            {
                ticks.AddMinor(scale.Place(value));
            }
        }

        axis.TickGenerator = ticks;
        axis.Label.Text = meaning.Scale == AxisScale.Percentile ? $"{meaning.Label} (%)" : meaning.Label;
        axis.Label.FontSize = FontSize;
        axis.Label.FontName = ReportTypeface.Name;
        axis.Label.Bold = false;
        axis.TickLabelStyle.FontSize = FontSize - 1;
        axis.TickLabelStyle.FontName = ReportTypeface.Name;
        if (axis is IYAxis)
        {
            // By the middle of digits, not of letters with parts below the line.
            axis.TickLabelStyle.OffsetY = 1;
        }
    }
}
