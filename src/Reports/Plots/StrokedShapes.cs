using ScottPlot;
using SkiaSharp;

namespace Latlab.Reports.Plots;

/// <summary>
/// Shapes of lines, drawn as one path. ScottPlot's own markers of lines make an <see cref="SKPath"/> each and leave it to the garbage collector: nothing
/// keeps it alive while Skia reads it, the finaliser may free it meanwhile, and the process dies of that.
/// </summary>
/// <param name="outline">Adds the shapes to the path; it is given what makes pixels of coordinates.</param>
/// <param name="colour">Of the lines.</param>
/// <param name="width">Of the lines.</param>
internal sealed class StrokedShapes(Action<SKPath, Func<Coordinates, SKPoint>> outline, Color colour, float width) : IPlottable
{
    public bool IsVisible { get; set; } = true;

    public IAxes Axes { get; set; } = new Axes();

    public IEnumerable<LegendItem> LegendItems => [];

    /// <summary>The axes' limits are set, and not found out from what is drawn.</summary>
    public AxisLimits GetAxisLimits() => AxisLimits.NoLimits;

    public void Render(RenderPack rp)
    {
        using var paint = new SKPaint { Color = new SKColor(colour.ARGB), IsAntialias = true, IsStroke = true, StrokeWidth = width };
        using var path = new SKPath();
        outline(path, at =>
        {
            var pixel = Axes.GetPixel(at);
            return new SKPoint(pixel.X, pixel.Y);
        });
        rp.Canvas.DrawPath(path, paint);
    }
}
