using ScottPlot;
using SkiaSharp;

namespace Latlab.Reports.Plots;

/// <summary>
/// Draws figures on white, for paper: the plot by ScottPlot, and above it a legend when there is more than one thing to tell apart.
/// </summary>
internal static class FigureRenderer
{
    /// <summary>One column of a paper of two: 3.5 in at the 96 pixels of SVG's inch.</summary>
    public static readonly FigureSize Column = new(336, 230);

    /// <summary>The width of a printed page.</summary>
    public static readonly FigureSize Page = new(680, 300);

    /// <summary>SVG.</summary>
    public static string Svg(Figure figure, FigureSize size)
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(new SKRect(0, 0, size.Width, size.Height), stream))
        {
            Draw(canvas, figure, size);
        }

        return SvgText.Finish(System.Text.Encoding.UTF8.GetString(stream.ToArray()), size, figure.Title);
    }

    /// <summary>PNG, <paramref name="scale"/> pixels for each of the size.</summary>
    public static byte[] Png(Figure figure, FigureSize size, int scale)
    {
        using var bitmap = new SKBitmap(size.Width * scale, size.Height * scale);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Scale(scale);
            Draw(canvas, figure, size);
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }

    private static void Draw(SKCanvas canvas, Figure figure, FigureSize size)
    {
        using var paper = new SKPaint { Color = SKColors.White };
        var legend = new FigureLegend(figure, size.Width);
        using var plot = FigurePlot.Of(figure, size with { Height = size.Height - legend.Height });
        // ScottPlot clears all of the canvas, to what is black in SVG: paper comes after it.
        plot.Render(canvas, new PixelRect(0, size.Width, size.Height, legend.Height));
        canvas.DrawRect(0, 0, size.Width, legend.Height, paper);
        legend.Draw(canvas);
    }
}

/// <summary>The size of a drawing in pixels of 1/96 in.</summary>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
internal readonly record struct FigureSize(int Width, int Height);
