using Latlab.Measurement.Analysis;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Results;

namespace Latlab.Cli.Analysis;

/// <summary>What <c>latlab analyze</c> is to do.</summary>
internal sealed record AnalyzeSettings
{
    public required string Before { get; init; }

    public required string After { get; init; }

    /// <summary>Null to find out.</summary>
    public IdentityRule? Identity { get; init; }

    public required AnalysisOptions Options { get; init; }

    public required CaptureOptions Captures { get; init; }

    public required ResultFormat Format { get; init; }

    /// <summary>Folder for the result and its tables; null for none.</summary>
    public string? Folder { get; init; }

    /// <summary>File for the list of lost packets; null for none.</summary>
    public string? LostFile { get; init; }

    /// <summary>File for every packet as Parquet; null for none.</summary>
    public string? ParquetFile { get; init; }

    public TimestampSource Timestamps { get; init; }

    public string Name { get; init; } = "";

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public bool Check { get; init; }

    public bool Force { get; init; }
}

/// <summary>How a result is printed.</summary>
internal enum ResultFormat
{
    Table,
    Json,
    Csv,
}
