using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Latlab.Crds.Schema;
using Latlab.Crds.Validation;

namespace Latlab.Crds.TunedNodes;

/// <summary>
/// A look how quiet the CPUs of <c>cpu.isolated</c> are: a loop on each that does nothing but look at the clock, before the first change
/// and whenever a spec has come into effect in a boot. Whatever else runs on these CPUs is slowed down meanwhile.
/// </summary>
public sealed record NoiseCheckTuning
{
    /// <summary>How long; rare disturbances need long. At most <c>10m</c>.</summary>
    [RegularExpression(Names.PositiveDuration)]
    [Size(1, 64)]
    [DefaultValue("10s")]
    public string Duration { get; set; } = "10s";

    /// <summary>The longest gap with which the node still counts as quiet, e.g. <c>50us</c>. Without it nothing is judged.</summary>
    [RegularExpression(Names.PositiveDuration)]
    [Size(1, 64)]
    public string? MaxGap { get; init; }
}
