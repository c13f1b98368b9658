using System.Text.Json;
using System.Text.Json.Serialization;

namespace Latlab.Reports.Comparison;

/// <summary>
/// A comparison as JSON, for programs: camelCase, enums as words, what is not known left out. See docs/reference/compare.md.
/// </summary>
public static class ComparisonJson
{
    /// <summary>The comparison as indented JSON.</summary>
    public static string Of(ResultComparison comparison) => JsonSerializer.Serialize(
        new ComparisonDocument
        {
            Results = [.. comparison.Results.Select(result => new ComparedResult
            {
                Name = result.Name,
                Packets = result.Counters.Before,
                LossRatio = result.Loss?.Ratio,
                MinNs = result.LatencyNs?.Min,
                MaxNs = result.LatencyNs?.Max,
            })],
            Percentiles = [.. comparison.Rows.Select(row => new ComparedPercentile
            {
                Percentile = row.Percentile.Percent,
                Values = [.. row.Cells.Select(Value)],
            })],
            Obstacles = comparison.Obstacles,
        },
        ComparisonJsonContext.Default.ComparisonDocument);

    private static ComparedValue Value(ComparisonCell cell) => new()
    {
        ValueNs = cell.Value?.Value,
        LowerNs = cell.Value?.Lower,
        UpperNs = cell.Value?.Upper,
        Exceedances = cell.Value?.Exceedances,
        DifferenceNs = cell.DifferenceNs,
        DifferenceLowerNs = cell.DifferenceLowerNs,
        DifferenceUpperNs = cell.DifferenceUpperNs,
        Verdict = cell.Verdict,
    };
}

/// <summary>What is written.</summary>
internal sealed record ComparisonDocument
{
    public int SchemaVersion { get; init; } = 1;

    /// <summary>In the order of the command line; the first is what the others are compared with.</summary>
    public required IReadOnlyList<ComparedResult> Results { get; init; }

    public required IReadOnlyList<ComparedPercentile> Percentiles { get; init; }

    /// <summary>Why the numbers should not be compared; there may be some with --force only.</summary>
    public required IReadOnlyList<string> Obstacles { get; init; }
}

internal sealed record ComparedResult
{
    public required string Name { get; init; }

    public long? Packets { get; init; }

    public double? LossRatio { get; init; }

    public long? MinNs { get; init; }

    public long? MaxNs { get; init; }
}

internal sealed record ComparedPercentile
{
    public required double Percentile { get; init; }

    /// <summary>One for each result.</summary>
    public required IReadOnlyList<ComparedValue> Values { get; init; }
}

internal sealed record ComparedValue
{
    public long? ValueNs { get; init; }

    public long? LowerNs { get; init; }

    public long? UpperNs { get; init; }

    public long? Exceedances { get; init; }

    public long? DifferenceNs { get; init; }

    public long? DifferenceLowerNs { get; init; }

    public long? DifferenceUpperNs { get; init; }

    public ComparisonVerdict Verdict { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(ComparisonDocument))]
internal sealed partial class ComparisonJsonContext : JsonSerializerContext;
