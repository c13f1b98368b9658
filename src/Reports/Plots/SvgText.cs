using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using SkiaSharp;

namespace Latlab.Reports.Plots;

/// <summary>
/// Finishes Skia's SVG. Skia places each letter by itself, in the typeface that it drew with: that is large, cannot be edited, and looks
/// torn in another typeface. Here each text has its first letter's place, its length, into which another typeface is fitted, and the
/// families that fit best.
/// </summary>
internal static partial class SvgText
{
    public static string Finish(string svg, FigureSize size, string title)
    {
        var texts = Text().Replace(
            svg,
            match => $"{match.Groups["start"].Value}x=\"{match.Groups["x"].Value}\" y=\"{match.Groups["y"].Value}\" textLength=\"{Length(match)}\" "
                + $"lengthAdjust=\"spacingAndGlyphs\">{match.Groups["text"].Value}</text>");
        var families = Family().Replace(texts, $"font-family=\"{ReportTypeface.SvgFamilies}\"");
        var numbers = Digits().Replace(families, match => match.Groups["short"].Value);
        return Head().Replace(
            numbers,
            match => string.Create(
                CultureInfo.InvariantCulture,
                $"{match.Groups["head"].Value} viewBox=\"0 0 {size.Width} {size.Height}\" role=\"img\">\n\t<title>{WebUtility.HtmlEncode(title)}</title>"),
            1);
    }

    private static string Length(Match text)
    {
        var size = float.Parse(text.Groups["size"].Value, CultureInfo.InvariantCulture);
        using var font = new SKFont(ReportTypeface.Typeface, size) { LinearMetrics = true };
        return font.MeasureText(WebUtility.HtmlDecode(text.Groups["text"].Value)).ToString("0.##", CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("""(?<start><text [^>]*?font-size="(?<size>[^"]*)"[^>]*?)x="(?<x>[^",]*)[^"]*" y="(?<y>[^",]*)[^"]*">\s*(?<text>[^<]*?)\s*</text>""")]
    private static partial Regex Text();

    [GeneratedRegex("font-family=\"[^\"]*\"")]
    private static partial Regex Family();

    /// <summary>A hundredth of a pixel is enough.</summary>
    [GeneratedRegex("""(?<=[ "LMC,(-])(?<short>[0-9]+\.[0-9]{2})[0-9]+(?=[ "LMCZ,)])""")]
    private static partial Regex Digits();

    [GeneratedRegex("(?<head><svg [^>]*)>")]
    private static partial Regex Head();
}
