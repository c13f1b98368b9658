using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Latlab.Crds.Schema;
using Latlab.Crds.Validation;

namespace Latlab.Crds.TunedNodes;

/// <summary>
/// What latlab may do to the work on the nodes. Reboots are granted by the operator, which must have been installed with
/// <c>boot.enabled</c>.
/// </summary>
public sealed record DisruptionPolicy
{
    /// <summary>Whether nodes are rebooted for boot arguments.</summary>
    [DefaultValue(RebootPolicy.Never)]
    public RebootPolicy Reboot { get; set; } = RebootPolicy.Never;

    /// <summary>
    /// Most nodes that are out of work at once for this TunedNode, as a number or as a part of the matching ones, e.g. <c>5%</c>: rounded
    /// down, but never below one. Nodes that are not Ready count, nodes that somebody else cordoned do not.
    /// </summary>
    [DefaultValue(1)]
    public CountOrPercent MaxUnavailable { get; set; } = CountOrPercent.One;

    /// <summary>
    /// Most reboots of a node for the same boot arguments of this TunedNode, and as many to take them out again, however often the node or
    /// the TunedNode come and go. Then <c>RebootExhausted</c>, and hands off. The annotation <c>latlab.dev/reboots</c> of the Node counts
    /// them: without it there is a new budget.
    /// </summary>
    [Range(1, 10)]
    [DefaultValue(1)]
    public int MaxRebootsPerGeneration { get; set; } = 1;

    /// <summary>
    /// How long a node may take from the reboot's grant until it is back with every knob in effect. One that takes longer stops the
    /// rollout.
    /// </summary>
    [RegularExpression(Names.PositiveDuration)]
    [Size(1, 64)]
    [DefaultValue("15m")]
    public string RebootTimeout { get; set; } = "15m";

    /// <summary>How a node is emptied before its reboot.</summary>
    public DrainPolicy Drain { get; set; } = new();

    /// <summary>When reboots may begin. Without it: at any time.</summary>
    public TimeWindow? Window { get; init; }

    /// <summary>
    /// Whether nodes carry the taint <c>latlab.dev/not-tuned:NoSchedule</c> until every knob is in effect. Nodes that register with it
    /// (kubelet's <c>registerWithTaints</c>) get no work before that. The operator sets and takes it, installed with <c>boot.enabled</c>:
    /// without that nothing comes of this field, and <c>Accepted</c> has the reason <c>StartupTaintNotEnabled</c>.
    /// </summary>
    [DefaultValue(false)]
    public bool StartupTaint { get; set; }
}

/// <summary>Whether nodes are rebooted.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RebootPolicy>))]
public enum RebootPolicy
{
    /// <summary>Never: an administrator reboots.</summary>
    Never,

    /// <summary>
    /// When an argument was written to the boot configuration, or taken out, and the running kernel was booted otherwise.
    /// </summary>
    WhenRequired,
}

/// <summary>
/// How a node is emptied: it is cordoned, and its pods are evicted (PodDisruptionBudgets hold). Pods of DaemonSets and static pods stay.
/// </summary>
public sealed record DrainPolicy
{
    /// <summary>How long that may take. Then the node is uncordoned and not rebooted, and tried again later.</summary>
    [RegularExpression(Names.PositiveDuration)]
    [Size(1, 64)]
    [DefaultValue("10m")]
    public string Timeout { get; set; } = "10m";

    /// <summary>Whether pods that no controller makes anew are evicted, too. Without it, one keeps its node from being rebooted.</summary>
    [DefaultValue(false)]
    public bool Force { get; set; }
}

/// <summary>A part of some days, e.g. from 22:00 to 04:00. One that goes over midnight belongs to the day that it begins on.</summary>
public sealed record TimeWindow
{
    /// <summary>Days on which it begins; all when empty.</summary>
    [Size(0, 7)]
    [Entry(Pattern = "^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)$", Unique = true)]
    public IReadOnlyList<string> Days { get; set; } = [];

    /// <summary>Time of day at which it begins, <c>HH:MM</c>.</summary>
    [Required]
    [RegularExpression("^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    public string Start { get; set; } = "";

    /// <summary>Time of day at which it ends, <c>HH:MM</c>. Not the same as <c>start</c>.</summary>
    [Required]
    [RegularExpression("^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    public string End { get; set; } = "";

    /// <summary>Time zone of both, by its IANA name.</summary>
    [RegularExpression("^[A-Za-z][A-Za-z0-9_+/-]{0,63}$")]
    [DefaultValue("UTC")]
    public string TimeZone { get; set; } = "UTC";
}
