using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Latlab.Crds.Schema;

namespace Latlab.Crds.Conditions;

/// <summary>One aspect of an object's state, in the form of Kubernetes' <c>metav1.Condition</c>.</summary>
public sealed record Condition
{
    /// <summary>Most characters of <see cref="Message"/>, as in Kubernetes.</summary>
    public const int LongestMessage = 32768;

    /// <summary>Aspect, a positive adjective or participle such as <c>Accepted</c> or <c>Effective</c>.</summary>
    [Required]
    [RegularExpression("^[A-Z][A-Za-z0-9]*$")]
    public string Type { get; set; } = "";

    /// <summary>Whether the aspect holds.</summary>
    [Required]
    public ConditionStatus Status { get; init; }

    /// <summary>Generation of the spec that this condition was computed from.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>When <c>status</c> last changed.</summary>
    [Required]
    public DateTime LastTransitionTime { get; init; }

    /// <summary>Why, as one CamelCase word group for programs.</summary>
    [Required]
    [RegularExpression("^[A-Z][A-Za-z0-9]*$")]
    public string Reason { get; set; } = "";

    /// <summary>Why, for people: object, value, remedy.</summary>
    [Required]
    [Size(0, LongestMessage)]
    public string Message { get; set; } = "";
}

/// <summary>Value of a condition.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConditionStatus>))]
public enum ConditionStatus
{
    /// <summary>Not known yet.</summary>
    Unknown,

    /// <summary>The aspect does not hold.</summary>
    False,

    /// <summary>The aspect holds.</summary>
    True,
}
