using ScottPlot;
using SkiaSharp;

namespace Latlab.Reports.Plots;

/// <summary>
/// The typeface of plots as files: Arimo, which is built in. A container has no fonts, and without any Skia draws no text and says nothing.
/// </summary>
internal sealed class ReportTypeface : IFontResolver
{
    /// <summary>
    /// Written into SVG files, for readers that draw text themselves: Arimo has Arial's metrics, and so have Liberation Sans and Helvetica.
    /// </summary>
    public const string SvgFamilies = "Arimo, 'Liberation Sans', Arial, Helvetica, sans-serif";

    /// <summary>Its name to ScottPlot.</summary>
    public const string Name = "Arimo";

    private static readonly Lazy<SKTypeface> Regular = new(Load);

    /// <summary>To Skia.</summary>
    public static SKTypeface Typeface => Regular.Value;

    /// <summary>Tells ScottPlot of it, once.</summary>
    public static void Register()
    {
        lock (Regular)
        {
            if (!Fonts.FontResolvers.Any(resolver => resolver is ReportTypeface))
            {
                Fonts.FontResolvers.Insert(0, new ReportTypeface());
                Fonts.Default = Name;
            }
        }
    }

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) => Regular.Value;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => Regular.Value;

    private static SKTypeface Load()
    {
        using var stream = typeof(ReportTypeface).Assembly.GetManifestResourceStream("Arimo.ttf")
            ?? throw new InvalidOperationException("Arimo.ttf is not built in");
        using var data = SKData.Create(stream);
        return SKTypeface.FromData(data) ?? throw new InvalidOperationException("Arimo.ttf: Skia cannot read it");
    }
}
