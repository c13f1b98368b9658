using System.ComponentModel.DataAnnotations;

namespace Latlab.Crds.TunedNodes;

/// <summary>The division of caches (resctrl: Intel RDT, AMD QoS). A field that is absent leaves its knob alone.</summary>
public sealed record CacheTuning
{
    /// <summary>
    /// Ways of the L3 cache that <c>cpu.isolated</c> alone fill (<c>arch/x86/resctrl.rst</c>), in each cache that serves one of them;
    /// everybody else has the rest. The node must have <c>/sys/fs/resctrl</c> mounted.
    /// </summary>
    [Range(1, 63)]
    public int? L3Ways { get; init; }
}
