using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Boot;

/// <summary>systemd-boot. The running kernel and newer ones have the block; the entries of older ones have it not: a way back.</summary>
internal sealed class SystemdBootLoader : EntriesLoader
{
    /// <summary>Where the boot partition may be mounted.</summary>
    private static readonly string[] Partitions = ["/boot", "/efi", "/boot/efi"];

    public override Bootloader Kind => Bootloader.SystemdBoot;

    public override string File => CommandLine;

    public override IEnumerable<BootEntry> Entries(IHost host) => Partitions.SelectMany(partition => Below(host, $"{partition}/loader/entries"));

    protected override bool Takes(IHost host, BootEntry entry) =>
        entry.Version is { } version && KernelRelease.Compare(version, Running(host)) >= 0;

    protected override bool HasWayBack(IHost host, IReadOnlyList<BootEntry> others) => others.Count > 0;

    protected override string? Obstacle(IHost host, IReadOnlyList<BootEntry> taking)
    {
        if (taking.All(entry => entry.Version != Running(host)))
        {
            return "no entry of the running kernel below loader/entries on the boot partition; is it mounted?";
        }

        return host.Read(CommandLine).Text is null
            ? $"{CommandLine} cannot be read, and the next kernel would take what this one was booted with; write it first"
            : null;
    }

    private static string Running(IHost host) => host.Read("/proc/sys/kernel/osrelease").Text ?? "";
}
