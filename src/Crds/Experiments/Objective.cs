using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Latlab.Crds.Experiments;

/// <summary>An upper bound that a result must keep to.</summary>
public sealed record Objective
{
    /// <summary>What is bounded.</summary>
    [Required]
    public ObjectiveMetric Metric { get; init; }

    /// <summary>The bound, inclusive: nanoseconds, or packets for <c>lost</c>.</summary>
    [Required]
    [Range(0, 9_000_000_000_000)]
    public long AtMost { get; init; }
}

/// <summary>What an objective can bound.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ObjectiveMetric>))]
public enum ObjectiveMetric
{
    /// <summary>Mean latency.</summary>
    [JsonStringEnumMemberName("mean")]
    Mean,

    /// <summary>50th percentile.</summary>
    [JsonStringEnumMemberName("p50")]
    P50,

    /// <summary>90th percentile.</summary>
    [JsonStringEnumMemberName("p90")]
    P90,

    /// <summary>99th percentile.</summary>
    [JsonStringEnumMemberName("p99")]
    P99,

    /// <summary>99.9th percentile.</summary>
    [JsonStringEnumMemberName("p99.9")]
    P999,

    /// <summary>99.99th percentile.</summary>
    [JsonStringEnumMemberName("p99.99")]
    P9999,

    /// <summary>Highest latency.</summary>
    [JsonStringEnumMemberName("max")]
    Max,

    /// <summary>Lost packets.</summary>
    [JsonStringEnumMemberName("lost")]
    Lost,
}
