using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Latlab.Crds.TunedNodes;

/// <summary>
/// What latlab may do to kubelet. Its configuration is the administrator's: it is read, held against <c>cpu.isolated</c>, and never
/// written.
/// </summary>
public sealed record KubeletTuning
{
    /// <summary>
    /// Whether the agent may restart kubelet's service where that does not count hugepages that are in effect. Pods go on running
    /// meanwhile.
    /// </summary>
    [DefaultValue(KubeletRestart.Never)]
    public KubeletRestart Restart { get; set; } = KubeletRestart.Never;
}

/// <summary>Whether kubelet is restarted.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<KubeletRestart>))]
public enum KubeletRestart
{
    /// <summary>Never: an administrator does so.</summary>
    Never,

    /// <summary>
    /// At most once for each generation of the spec in each boot, and not while a run holds the node. Needs an agent that reaches the
    /// host's systemd: the chart's value <c>boot.enabled</c>.
    /// </summary>
    Allowed,
}
