namespace Latlab.Reports.Plots;

/// <summary>
/// Colours and dash patterns of results. The colours are those of M. Okabe and K. Ito, "Color Universal Design" (2008), without yellow,
/// which is faint on white: people with any of the usual kinds of colour blindness tell them apart. The page's style sheet has the same for
/// light and lighter ones for dark.
/// </summary>
internal static class Palette
{
    /// <summary>By index of the result; after the last, the first again.</summary>
    public static IReadOnlyList<string> Colours { get; } = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B8860B", "#56B4E9", "#4D4D4D"];

    /// <summary>
    /// Lengths of dashes and gaps in pixels of a plot as wide as a column; empty is a whole line. The page's script has the same.
    /// </summary>
    public static IReadOnlyList<float[]> Dashes { get; } = [[], [5, 1.5f], [1.5f, 1.5f], [7, 1.5f, 1.5f, 1.5f], [3, 1]];

    /// <summary>The colour of an index.</summary>
    public static string Of(int colour) => Colours[colour % Colours.Count];

    /// <summary>The dash pattern of an index.</summary>
    public static float[] DashOf(int dash) => Dashes[dash % Dashes.Count];
}
