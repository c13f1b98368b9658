using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Latlab.Crds.NodeTunings;

/// <summary>One knob: requested → configured → present in this boot → effective, with the file that proves it.</summary>
public sealed record LedgerEntry
{
    /// <summary>Which knob, as a path in the spec, e.g. <c>kernel.sysctls[vm.stat_interval]</c>.</summary>
    [Required]
    public string Knob { get; set; } = "";

    /// <summary>The value that the spec asks for.</summary>
    [Required]
    public string Requested { get; set; } = "";

    /// <summary>The value that the agent last wrote for it; absent when nothing was written.</summary>
    public string? Configured { get; init; }

    /// <summary>
    /// Where that was written: a file of the kernel's or of the boot configuration, or the program that set it; absent when nothing was
    /// written.
    /// </summary>
    public string? ConfiguredIn { get; init; }

    /// <summary>Whether that was written in the running boot, or this one was booted with it: the boot of <c>status.bootId</c>.</summary>
    [Required]
    public bool PresentInThisBoot { get; init; }

    /// <summary>The value read back from the kernel; absent when it could not be read.</summary>
    public string? Effective { get; init; }

    /// <summary>The file, or the netlink object, that <see cref="Effective"/> was read from.</summary>
    [Required]
    public string Evidence { get; set; } = "";

    /// <summary>Verdict.</summary>
    [Required]
    public KnobState State { get; init; }

    /// <summary>Why it is not in effect: what happened, and what to do.</summary>
    public string? Message { get; init; }

    /// <summary>Times that the value was found changed by something else.</summary>
    public int? Drifts { get; init; }
}

/// <summary>Verdict on a knob.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<KnobState>))]
public enum KnobState
{
    /// <summary>The value read back is the one requested.</summary>
    InEffect,

    /// <summary>The kernel was booted without it.</summary>
    RebootRequired,

    /// <summary>This kernel or node does not have the knob.</summary>
    Unsupported,

    /// <summary>latlab will not set it; the message says why.</summary>
    Refused,

    /// <summary>It was in effect, and something else changed it.</summary>
    Drifted,

    /// <summary>It was written, or could not be, and the value read back is another one.</summary>
    Failed,
}
