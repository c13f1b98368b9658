namespace Latlab.Measurement.Results;

/// <summary>
/// The outcome of an analysis: all that reports, comparisons and exports are made from. What is not known is null, not zero: an imported
/// result need not have everything. Its JSON form is described in docs/reference/analysis-result.schema.json.
/// </summary>
public sealed record AnalysisResult
{
    /// <summary>The version of this form.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>Version of the form; a reader refuses one that it does not know.</summary>
    public int SchemaVersion { get; init; } = CurrentSchemaVersion;

    /// <summary>What made it, with its version: <c>latlab 0.1.0</c>, <c>TUM evaluator</c>.</summary>
    public required string MadeBy { get; init; }

    /// <summary>A name for legends and tables: a folder's or a file's name, unless the user gave one.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether the analysis was interrupted: the numbers are of a part of the captures.</summary>
    public bool Partial { get; init; }

    /// <summary>Where the timestamps were made.</summary>
    public TimestampSource Timestamps { get; init; }

    /// <summary>What measured what: NIC, kernel, CPU, …, for people and for <c>compare</c>; free keys.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The capture before the device under test; null if unknown.</summary>
    public CaptureSummary? Before { get; init; }

    /// <summary>The capture after it; null if unknown.</summary>
    public CaptureSummary? After { get; init; }

    /// <summary>How packets were known again; null if unknown.</summary>
    public IdentitySummary? Identity { get; init; }

    /// <summary>What was asked for.</summary>
    public AnalysisParameters Parameters { get; init; } = new();

    /// <summary>What became of every packet of both captures.</summary>
    public required Counters Counters { get; init; }

    /// <summary>The clocks' health. To be read before any latency.</summary>
    public ClockReport? Clock { get; init; }

    /// <summary>Latency of the matched packets; null when there is none.</summary>
    public LatencyStatistics? LatencyNs { get; init; }

    /// <summary>Loss, in numbers and in bursts.</summary>
    public LossStatistics? Loss { get; init; }

    /// <summary>Duplication (RFC 5560).</summary>
    public DuplicationStatistics? Duplication { get; init; }

    /// <summary>Reordering (RFC 4737).</summary>
    public ReorderingStatistics? Reordering { get; init; }

    /// <summary>Variation of latency, jitter, gaps between packets.</summary>
    public VariationStatistics? Variation { get; init; }

    /// <summary>The same for each flow, by index of the flow; empty unless asked for.</summary>
    public IReadOnlyList<FlowResult> Flows { get; init; } = [];

    /// <summary>The slowest packets, slowest first.</summary>
    public IReadOnlyList<WorstPacket> Worst { get; init; } = [];

    /// <summary>Names of the slowest packets' flows, by index; empty if unknown.</summary>
    public IReadOnlyDictionary<int, string> WorstFlows { get; init; } = new Dictionary<int, string>();

    /// <summary>The slowest packets by event, in the order of time.</summary>
    public IReadOnlyList<StallEpisode> Episodes { get; init; } = [];

    /// <summary>The period with which episodes recur; null when there is none.</summary>
    public EpisodePeriod? EpisodePeriod { get; init; }

    /// <summary>The course over time.</summary>
    public TimeSeries? TimeSeries { get; init; }

    /// <summary>How often each latency occurred; null when there is none.</summary>
    public HistogramData? HistogramNs { get; init; }

    /// <summary>
    /// The packets that go through the device the other way, where both captures have both: of them the capture after the device is the one
    /// before it. All else of this result is of the packets that pass the capture before first. Null when all go one way.
    /// </summary>
    public AnalysisResult? Reverse { get; init; }

    /// <summary>What a reader should know before believing a number; one sentence each, with the remedy.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>Where timestamps were made.</summary>
public enum TimestampSource
{
    /// <summary>Not known.</summary>
    Unknown,

    /// <summary>By the network card or a timestamping device.</summary>
    Hardware,

    /// <summary>By the kernel or a program.</summary>
    Software,
}
