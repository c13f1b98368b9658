using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Boot;

/// <summary>
/// GRUB that reads entries (<c>blscfg</c>), as RHEL 8 and later and Fedora have it. Every kernel has the block, whichever is the default
/// next; the rescue kernel, where there is one, is never touched: a way back.
/// </summary>
internal sealed class GrubEntriesLoader : EntriesLoader
{
    public const string Folder = "/boot/loader/entries";

    private const string Menu = "/boot/grub2/grub.cfg";
    private const string Environment = "/boot/grub2/grubenv";
    private const string Vendors = "/boot/efi/EFI";

    public override Bootloader Kind => Bootloader.GrubEntries;

    public override string File => Folder;

    /// <summary>Whether a host's GRUB reads entries.</summary>
    public static bool IsOn(IHost host) => host.List(Folder).Count > 0
        && host.List(Vendors).Select(vendor => $"{Vendors}/{vendor}/grub.cfg").Prepend(Menu)
            .Any(menu => host.Read(menu).Text?.Contains("blscfg", StringComparison.Ordinal) == true);

    public override IEnumerable<BootEntry> Entries(IHost host) => Below(host, Folder).Where(entry => !IsRescue(entry));

    protected override bool HasWayBack(IHost host, IReadOnlyList<BootEntry> others) => Below(host, Folder).Any(IsRescue);

    protected override bool Takes(IHost host, BootEntry entry) => true;

    protected override string? Obstacle(IHost host, IReadOnlyList<BootEntry> taking) =>
        taking.Count == 0 ? $"no entry of a kernel below {Folder}" : null;

    /// <summary>On RHEL 8 an entry says <c>$kernelopts</c>, and GRUB's environment what that is.</summary>
    protected override IReadOnlyList<string> Expanded(IHost host, IReadOnlyList<string> words) =>
        [.. words.SelectMany(word => word.StartsWith('$') ? BootWords.Of(Variable(host, word[1..]) ?? word) : [word])];

    private static bool IsRescue(BootEntry entry) =>
        entry.Version?.StartsWith("0-rescue", StringComparison.Ordinal) == true || entry.Path.Contains("-rescue", StringComparison.Ordinal);

    private static string? Variable(IHost host, string name) => host.Read(Environment).Text?.Split('\n')
        .FirstOrDefault(line => line.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
}
