using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Latlab.Crds.TunedNodes;

/// <summary>
/// Who writes <c>kernel.arguments</c> to the boot configuration. Without this field an administrator does: latlab only verifies. The agents
/// must have been installed with <c>boot.enabled</c>.
/// </summary>
public sealed record BootTuning
{
    /// <summary>The node's boot loader.</summary>
    [DefaultValue(Bootloader.Auto)]
    public Bootloader Bootloader { get; set; } = Bootloader.Auto;

    /// <summary>When the boot configuration is written, and who reboots.</summary>
    [DefaultValue(BootApply.Automatic)]
    public BootApply Apply { get; set; } = BootApply.Automatic;
}

/// <summary>A boot loader, by what keeps its command lines.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Bootloader>))]
public enum Bootloader
{
    /// <summary>
    /// What the agent finds on the node; one that it does not know is <c>Unsupported</c>, and so is a node of a pool that GKE, EKS or AKS
    /// manages, which is replaced at upgrades: name its boot loader to have it written to all the same.
    /// </summary>
    Auto,

    /// <summary>GRUB as Debian and Ubuntu have it: a file in <c>/etc/default/grub.d</c>.</summary>
    Grub,

    /// <summary>GRUB with entries of the Boot Loader Specification: RHEL 8 and later, Fedora and their kin.</summary>
    GrubEntries,

    /// <summary><c>rpm-ostree kargs</c>: CoreOS, Silverblue.</summary>
    RpmOstree,

    /// <summary>systemd-boot with type 1 entries and <c>/etc/kernel/cmdline</c>.</summary>
    SystemdBoot,

    /// <summary>None: an administrator adds the arguments that the ledger names.</summary>
    External,
}

/// <summary>When the boot configuration is written.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BootApply>))]
public enum BootApply
{
    /// <summary>At once; the administrator reboots when it suits.</summary>
    StageOnly,

    /// <summary>At once; the operator reboots as <c>disruption</c> lets it.</summary>
    Automatic,
}
