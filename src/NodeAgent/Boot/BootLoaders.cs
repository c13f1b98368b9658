using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs.Boot;

namespace Latlab.NodeAgent.Boot;

/// <summary>Finds out how a host boots. What is not known for certain is not written to.</summary>
internal static class BootLoaders
{
    private const string OsRelease = "/etc/os-release";
    private const string Variables = "/sys/firmware/efi/efivars";

    private static readonly string[] Programs = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>Systems whose command line is not a file of theirs, and where it comes from.</summary>
    private static readonly Dictionary<string, string> Managed = new(StringComparer.Ordinal)
    {
        ["talos"] = "Talos takes it from its image: add the arguments to the Image Factory schematic (customization.extraKernelArgs) and upgrade",
        ["flatcar"] = "Flatcar takes it from Ignition (kernel_arguments.should_exist) or /oem/grub.cfg: add the arguments there",
        ["bottlerocket"] = "Bottlerocket takes it from its settings: set boot.kernel-parameters by its API",
        ["cos"] = "Container-Optimized OS is booted from the provider's image: use a node pool whose image has the arguments",
    };

    private static readonly GrubLoader Grub = new();
    private static readonly GrubEntriesLoader GrubEntries = new();
    private static readonly RpmOstreeLoader RpmOstree = new();
    private static readonly SystemdBootLoader SystemdBoot = new();

    /// <summary>The boot loader to write to; null, and why.</summary>
    public static IBootLoader? Find(IHost host, Bootloader choice, out string reason)
    {
        reason = Obstacle(host) ?? (choice == Bootloader.Auto ? OfPool(host) : null) ?? "";
        if (reason.Length > 0)
        {
            return null;
        }

        var found = Detect(host);
        if (choice == Bootloader.Auto || choice == found?.Kind)
        {
            reason = found is not null ? "" : "no boot loader that latlab knows: neither rpm-ostree, systemd-boot with "
                + $"{EntriesLoader.CommandLine}, GRUB with {GrubEntriesLoader.Folder}, nor GRUB with {GrubLoader.Defaults}, "
                + $"{GrubLoader.Menu} and a {GrubLoader.Generator} that reads {GrubLoader.DropIns} (Debian's and Ubuntu's does, "
                + "that of Arch and Gentoo does not); set boot.bootloader: External, and add the arguments by hand";
            return found;
        }

        reason = found is null
            ? $"boot.bootloader says {choice}, and what belongs to it is not all on this node; write External, and add the arguments by hand"
            : $"boot.bootloader says {choice}, and this node boots by {found.Kind}; write Auto or {found.Kind}";
        return null;
    }

    /// <summary>
    /// Why a node of a provider's pool is not written to unless the spec names its boot loader. One that was written to once goes on, by
    /// whatever choice: a restore must not hang on it.
    /// </summary>
    private static string? OfPool(IHost host) => !BootView.IsRecorded(host) && ManagedPool.Of(host) is { } pool
        ? $"{pool}. Give the pool an image or a launch template that has the arguments, and set boot.bootloader: External, which verifies them. To have each node "
            + "written to and rebooted all the same, name its boot loader, e.g. boot.bootloader: Grub"
        : null;

    private static IBootLoader? Detect(IHost host)
    {
        if (host.Exists("/run/ostree-booted"))
        {
            return RpmOstree;
        }

        // Before GRUB: a machine that changed over may have GRUB's files still.
        if (Variable(host, "LoaderInfo-")?.Contains("systemd-boot", StringComparison.Ordinal) == true)
        {
            return host.Exists(EntriesLoader.CommandLine) ? SystemdBoot : null;
        }

        if (GrubEntriesLoader.IsOn(host))
        {
            return GrubEntries;
        }

        return HasProgram(host, GrubLoader.Generator) && host.Exists(GrubLoader.Defaults) && host.Exists(GrubLoader.Menu)
            && GrubLoader.ReadsDropIns(host, Programs)
            ? Grub
            : null;
    }

    /// <summary>Why nothing can be written on a host of this kind; null when it can.</summary>
    private static string? Obstacle(IHost host)
    {
        if (host.Read(OsRelease) is not { Text: { } release })
        {
            return "the agent sees no boot configuration: install the chart with boot.enabled=true, or add the arguments by hand and set boot.bootloader: External";
        }

        var id = release.Split('\n').FirstOrDefault(line => line.StartsWith("ID=", StringComparison.Ordinal))?[3..].Trim('"') ?? "";
        return 0 switch
        {
            _ when Managed.TryGetValue(id, out var how) => how,
            _ when host.Exists("/.dockerenv") || host.Exists("/run/.containerenv") || host.Exists("/kind") =>
                "this node is itself a container (kind, k3d) and shares the kernel of the machine below: its command line is that machine's",
            _ when host.Exists("/etc/machine-config-daemon") => "OpenShift's Machine Config Operator owns the command line: put the arguments into a MachineConfig (kernelArguments)",
            _ when Variable(host, "StubInfo-") is not null =>
                "the kernel is a unified image, whose command line is built in and may be signed: build it anew with the arguments, or add a signed addon",
            _ => null,
        };
    }

    private static bool HasProgram(IHost host, string name) => Programs.Any(folder => host.Exists($"{folder}/{name}"));

    /// <summary>A variable of the firmware, whose text is UTF-16 after four bytes of attributes; null when there is none.</summary>
    private static string? Variable(IHost host, string prefix) =>
        host.List(Variables).FirstOrDefault(name => name.StartsWith(prefix, StringComparison.Ordinal)) is { } name
            ? host.Read($"{Variables}/{name}").Text?.Replace("\0", "", StringComparison.Ordinal)
            : null;
}
