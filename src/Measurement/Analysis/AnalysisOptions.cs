using Latlab.Measurement.Matching;
using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Analysis;

/// <summary>What to find out about a pair of captures.</summary>
public sealed record AnalysisOptions
{
    /// <summary>How to match.</summary>
    public MatchOptions Match { get; init; } = new(100_000_000);

    /// <summary>Nanoseconds to take off each stamp of the capture after the device: what its clock is known to be ahead.</summary>
    public long ClockOffsetNs { get; init; }

    /// <summary>Which percentiles.</summary>
    public IReadOnlyList<Percentile> Percentiles { get; init; } = Percentile.Usual;

    /// <summary>How many of the slowest packets to keep.</summary>
    public int Worst { get; init; } = 5000;

    /// <summary>Flows to have results of their own, by order of appearance; 0 for none. A flow needs some hundred KiB.</summary>
    public int Flows { get; init; }

    /// <summary>Length of an interval of the time series in nanoseconds.</summary>
    public long IntervalNs { get; init; } = 1_000_000_000;

    /// <summary>Is told of every packet too, e.g. to write them out.</summary>
    public IReadOnlyList<IMatchObserver> Observers { get; init; } = [];

    /// <summary>Read each capture on a thread of its own.</summary>
    public bool ReadAhead { get; init; }
}
