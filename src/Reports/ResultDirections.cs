using Latlab.Measurement.Results;

namespace Latlab.Reports;

/// <summary>Results of captures that have both directions: the other direction's as a result of its own.</summary>
public static class ResultDirections
{
    /// <summary>
    /// Each result, and after it that of its other direction, unless it is among the results by itself, as who gives a result's folder and
    /// its folder <c>reverse</c> has it.
    /// </summary>
    public static IReadOnlyList<AnalysisResult> Apart(IReadOnlyList<AnalysisResult> results) => [.. results.SelectMany(result =>
        ReverseOf(result) is { } reverse && !results.Any(given => IsSame(given, reverse))
            ? new[] { result with { Reverse = null }, reverse }
            : [result with { Reverse = null }])];

    /// <summary>The result of the other direction, named after the usual one's: its own name is of no file. Null when there is none.</summary>
    public static AnalysisResult? ReverseOf(AnalysisResult result) => result.Reverse is { } reverse
        ? reverse with { Name = $"{result.Name} (reverse)" }
        : null;

    /// <summary>Whatever they are called. Counters first: they tell nearly all apart, and the rest may be megabytes.</summary>
    private static bool IsSame(AnalysisResult one, AnalysisResult other) =>
        one.Counters == other.Counters && Content(one).AsSpan().SequenceEqual(Content(other));

    private static byte[] Content(AnalysisResult result)
    {
        using var stream = new MemoryStream();
        AnalysisResultFile.Write(stream, result with { Name = "" });
        return stream.ToArray();
    }
}
