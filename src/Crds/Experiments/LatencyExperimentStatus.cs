using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Latlab.Crds.Conditions;
using Latlab.Crds.Runs;
using Latlab.Crds.Schema;

namespace Latlab.Crds.Experiments;

/// <summary>How far the experiment is, and its result. Bounded in size, however many runs there are.</summary>
public sealed record LatencyExperimentStatus
{
    /// <summary>Generation of the spec that this status is about.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>Where it stands.</summary>
    public ExperimentPhase? Phase { get; init; }

    /// <summary>The node that its runs use.</summary>
    public string? NodeName { get; init; }

    /// <summary>Number of runs by outcome.</summary>
    public RunCounts? Runs { get; init; }

    /// <summary>Valid runs of all wished ones, e.g. <c>3/3</c>.</summary>
    public string? Valid { get; init; }

    /// <summary>Each number by itself: the lower median over the valid runs, so that it is one that was measured.</summary>
    public MedianResults? Median { get; init; }

    /// <summary>Conditions: <see cref="ExperimentConditions"/>.</summary>
    [ListMapKeys("type")]
    public IReadOnlyList<Condition> Conditions { get; set; } = [];
}

/// <summary>Where an experiment stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ExperimentPhase>))]
public enum ExperimentPhase
{
    /// <summary>Not accepted, or its node is not ready.</summary>
    Pending,

    /// <summary>Runs are being made.</summary>
    Running,

    /// <summary>All runs ended, and every one is valid.</summary>
    Complete,

    /// <summary>All runs ended, none is valid or missing because of a failure, at least one is invalid.</summary>
    Invalid,

    /// <summary>All runs ended, at least one failed.</summary>
    Failed,
}

/// <summary>Number of runs by outcome.</summary>
public sealed record RunCounts
{
    /// <summary>Not ended.</summary>
    public int Active { get; init; }

    /// <summary>Ended with a valid result.</summary>
    public int Complete { get; init; }

    /// <summary>Ended with a result that must not be used.</summary>
    public int Invalid { get; init; }

    /// <summary>Ended without a result.</summary>
    public int Failed { get; init; }
}

/// <summary>Medians over runs.</summary>
public sealed record MedianResults
{
    /// <summary>Latency in nanoseconds.</summary>
    [Required]
    public LatencySummary LatencyNs { get; set; } = new();

    /// <summary>Lost packets.</summary>
    [Required]
    public long Lost { get; init; }

    /// <summary>Lost packets in percent of the sent ones.</summary>
    [Required]
    public string LossPercent { get; set; } = "";

    /// <summary>Offered rate in packets/s.</summary>
    [Required]
    public long OfferedRate { get; init; }
}
