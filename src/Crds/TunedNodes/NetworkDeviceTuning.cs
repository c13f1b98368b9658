using System.ComponentModel.DataAnnotations;
using Latlab.Crds.Schema;
using Latlab.Crds.Validation;

namespace Latlab.Crds.TunedNodes;

/// <summary>Knobs of one network device. A field that is absent leaves its knob alone.</summary>
public sealed record NetworkDeviceTuning
{
    /// <summary>Network device on the node, e.g. <c>ens1f0</c>.</summary>
    [Required]
    [RegularExpression(Names.Device)]
    public string Device { get; set; } = "";

    /// <summary>
    /// CPUs that do the network stack's work for what it received (RPS, <c>networking/scaling.rst</c>), e.g. <c>0-1</c>: on each of its
    /// queues.
    /// </summary>
    [RegularExpression(Names.CpuList)]
    [Size(1, 1024)]
    public string? ReceiveCpus { get; init; }

    /// <summary>
    /// Number of combined queues (<c>ethtool -L</c>), and with it of interrupts. The link goes down for a moment; refused for a device that
    /// the node's default route needs.
    /// </summary>
    [Range(1, 4096)]
    public int? CombinedQueues { get; init; }
}
