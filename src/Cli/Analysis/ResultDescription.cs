using Latlab.Measurement.Results;

namespace Latlab.Cli.Analysis;

/// <summary>What the packets of a measurement do not tell about it, for reports and compare.</summary>
internal sealed record ResultDescription
{
    public string Name { get; init; } = "";

    public TimestampSource Timestamps { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The result with it, and so the one of the other direction, if there is one.</summary>
    public AnalysisResult Describe(AnalysisResult result) => result with
    {
        Name = Name,
        Timestamps = Timestamps,
        Environment = Environment,
        Reverse = result.Reverse is { } reverse ? (this with { Name = Name.Length == 0 ? "" : $"{Name} (reverse)" }).Describe(reverse) : null,
    };
}
