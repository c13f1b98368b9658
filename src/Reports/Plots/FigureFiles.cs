using Latlab.Measurement.Captures;
using Latlab.Measurement.Results;

namespace Latlab.Reports.Plots;

/// <summary>Writes the plots of results as files for papers, as wide as a column.</summary>
public static class FigureFiles
{
    /// <summary>Pixels of a PNG for each of 1/96 in: 384 dots an inch, which print well.</summary>
    private const int PngScale = 4;

    /// <summary>Writes each plot that the results have data for into a folder, which is made if need be.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="results">One or several; several are drawn over each other, with a legend.</param>
    /// <param name="format">As what.</param>
    /// <returns>The files written.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static IReadOnlyList<string> Write(string folder, IReadOnlyList<AnalysisResult> results, FigureFormat format)
    {
        Directory.CreateDirectory(folder);
        var files = new List<string>();
        using var set = new AtomicFiles();
        foreach (var figure in Figures.Of(DistinctNames.Of(results)))
        {
            var file = Path.Combine(folder, $"{figure.Id}.{(format == FigureFormat.Png ? "png" : "svg")}");
            set.Write(file, stream => stream.Write(Content(figure, format)));
            files.Add(file);
        }

        set.Complete();

        return files;
    }

    /// <summary>Writes one plot: latency by percentile of all results, with confidence intervals.</summary>
    /// <param name="file">Where to; what there is, is replaced.</param>
    /// <param name="results">One or several.</param>
    /// <param name="format">As what.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="InvalidDataException">No result has percentiles.</exception>
    public static void WritePercentiles(string file, IReadOnlyList<AnalysisResult> results, FigureFormat format)
    {
        var figure = PercentileFigure.Of(DistinctNames.Of(results)) ?? throw new InvalidDataException("no result has percentiles: there is nothing to plot");
        AtomicFile.Write(file, stream => stream.Write(Content(figure, format)));
    }

    private static byte[] Content(Figure figure, FigureFormat format) => format == FigureFormat.Png
        ? FigureRenderer.Png(figure, FigureRenderer.Column, PngScale)
        : System.Text.Encoding.UTF8.GetBytes(FigureRenderer.Svg(figure, FigureRenderer.Column));
}

/// <summary>What a plot is written as.</summary>
public enum FigureFormat
{
    /// <summary>Vectors.</summary>
    Svg,

    /// <summary>Pixels.</summary>
    Png,
}
