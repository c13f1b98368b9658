using System.Globalization;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Results;

namespace Latlab.Reports.Exports;

/// <summary>Writes tables and a standalone LaTeX document that plots a result with pgfplots.</summary>
public static class PgfplotsExporter
{
    /// <summary>Writes percentiles.dat, histogram.dat and plots.tex into a folder.</summary>
    /// <exception cref="InvalidDataException">The result has no histogram.</exception>
    public static void Export(AnalysisResult result, string folder)
    {
        var histogram = result.HistogramNs ?? throw new InvalidDataException($"{result.Name}: it has no histogram, so nothing to export");
        Directory.CreateDirectory(folder);
        using var files = new AtomicFiles();
        var sample = new HistogramSample(histogram);
        TextFiles.Write(
            files,
            Path.Combine(folder, "percentiles.dat"),
            TumCsvExporter.Grid().TakeWhile(x => x <= sample.Count).Select(x =>
                Line($"{x:0.######} {sample.AtRank(Math.Clamp((long)Math.Ceiling((1 - (1 / x)) * sample.Count), 1, sample.Count)) / 1000.0:0.###}"))
                .Prepend("inverse latency_us"));
        TextFiles.Write(
            files,
            Path.Combine(folder, "histogram.dat"),
            histogram.Values.Zip(histogram.Counts, (value, count) => Line($"{value / 1000.0:0.###} {count}")).Prepend("latency_us count"));
        TextFiles.Write(files, Path.Combine(folder, "plots.tex"), Document(result));
        files.Complete();
    }

    private static IEnumerable<string> Document(AnalysisResult result) =>
    [
        @"\documentclass{article}",
        @"\usepackage{pgfplots}",
        @"\pgfplotsset{compat=1.16}",
        @"\begin{document}",
        $"% {new string([.. result.Name.Where(c => !char.IsControl(c))])}",
        @"\begin{tikzpicture}",
        @"\begin{axis}[xmode=log, xlabel={Percentile}, ylabel={Latency [$\mu$s]}, grid=major,",
        @"  xtick={2,10,100,1000,10000,100000,1000000}, xticklabels={50,90,99,99.9,99.99,99.999,99.9999}]",
        @"\addplot[const plot, thick] table[x=inverse, y=latency_us] {percentiles.dat};",
        @"\end{axis}",
        @"\end{tikzpicture}",
        "",
        @"\begin{tikzpicture}",
        @"\begin{axis}[ymode=log, xlabel={Latency [$\mu$s]}, ylabel={Packets}, grid=major]",
        @"\addplot[ycomb] table[x=latency_us, y=count] {histogram.dat};",
        @"\end{axis}",
        @"\end{tikzpicture}",
        @"\end{document}",
    ];

    private static string Line(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
}
