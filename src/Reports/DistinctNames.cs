using Latlab.Measurement.Results;

namespace Latlab.Reports;

/// <summary>Names by which legends and tables tell results apart.</summary>
internal static class DistinctNames
{
    /// <summary>The results, those without a name or with one that an earlier one has with another: <c>vm (2)</c>.</summary>
    public static IReadOnlyList<AnalysisResult> Of(IReadOnlyList<AnalysisResult> results)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        return [.. results.Select((result, index) =>
        {
            var wanted = result.Name.Length > 0 ? result.Name : $"result {index + 1}";
            var name = wanted;
            for (var number = 2; !taken.Add(name); number++)
            {
                name = $"{wanted} ({number})";
            }

            return result with { Name = name };
        })];
    }
}
