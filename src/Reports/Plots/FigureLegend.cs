using SkiaSharp;

namespace Latlab.Reports.Plots;

/// <summary>
/// A legend in as many rows as it needs: ScottPlot's own leaves out what does not fit into one. Above the plot, as inside it would hide
/// packets.
/// </summary>
internal sealed class FigureLegend
{
    private const int RowHeight = 14;
    private const float SymbolWidth = 24;
    private const float Gap = 14;
    private const float Margin = 8;
    private const float FontSize = 10;

    private readonly List<Entry> _entries = [];
    private readonly int _rows;

    /// <summary>Lays out the legend of a figure of this width; of one series there is none.</summary>
    public FigureLegend(Figure figure, int width)
    {
        var named = figure.Series.Where(series => !series.Weak).ToList();
        if (named.Count < 2)
        {
            return;
        }

        using var font = Font();
        var (row, left) = (0, Margin);
        foreach (var series in named)
        {
            var text = Fit(series.Name, font, width - (2 * Margin) - SymbolWidth);
            var needed = SymbolWidth + font.MeasureText(text);
            if (left > Margin && left + needed > width - Margin)
            {
                (row, left) = (row + 1, Margin);
            }

            _entries.Add(new Entry(series, text, left, (row + 0.5f) * RowHeight));
            left += needed + Gap;
        }

        _rows = row + 1;
    }

    /// <summary>In pixels; 0 when there is no legend.</summary>
    public int Height => _rows == 0 ? 0 : (_rows * RowHeight) + 4;

    /// <summary>Draws at the top of the canvas.</summary>
    public void Draw(SKCanvas canvas)
    {
        using var font = Font();
        using var ink = new SKPaint { Color = SKColors.Black, IsAntialias = true };
        foreach (var entry in _entries)
        {
            using var paint = new SKPaint
            {
                Color = SKColor.Parse(Palette.Of(entry.Series.Colour)),
                IsAntialias = true,
                StrokeWidth = 1.4f,
                IsStroke = entry.Series.Shape != SeriesShape.Points,
            };
            DrawSymbol(canvas, entry, paint);
            canvas.DrawText(entry.Text, entry.Left + SymbolWidth, entry.Middle + 3.5f, font, ink);
        }
    }

    private static void DrawSymbol(SKCanvas canvas, Entry entry, SKPaint paint)
    {
        var middle = entry.Left + (SymbolWidth / 2) - 2;
        switch (entry.Series.Shape)
        {
            case SeriesShape.Points:
                canvas.DrawCircle(middle, entry.Middle, 1.8f, paint);
                break;
            case SeriesShape.Marks:
                using (var triangle = new SKPath())
                {
                    triangle.AddPoly([new(middle - 3.5f, entry.Middle - 3), new(middle + 3.5f, entry.Middle - 3), new(middle, entry.Middle + 3)], close: true);
                    canvas.DrawPath(triangle, paint);
                }

                break;
            default:
                var dashes = Palette.DashOf(entry.Series.Dash);
                using (paint.PathEffect = dashes.Length == 0 ? null : SKPathEffect.CreateDash(dashes, 0))
                {
                    canvas.DrawLine(entry.Left, entry.Middle, entry.Left + SymbolWidth - 4, entry.Middle, paint);
                }

                break;
        }
    }

    private static SKFont Font() => new(ReportTypeface.Typeface, FontSize) { Subpixel = true };

    private static string Fit(string text, SKFont font, float width)
    {
        var fitting = text;
        while (fitting.Length > 1 && font.MeasureText(fitting) > width)
        {
            fitting = $"{fitting[..^2].TrimEnd()}…";
        }

        return fitting;
    }

    private sealed record Entry(FigureSeries Series, string Text, float Left, float Middle);
}
