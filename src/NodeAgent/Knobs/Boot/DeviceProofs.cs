using System.Globalization;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>What a kernel shows of IOMMUs, huge pages and modules.</summary>
internal static class DeviceProofs
{
    private const string Groups = "/sys/kernel/iommu_groups";
    private const string Units = "/sys/class/iommu";
    private const string Pools = "/sys/kernel/mm/hugepages";
    private const string Nodes = "/sys/devices/system/node";

    public static readonly Proof Translated = new(Groups, (host, _) => new(Groups) { Contradiction = NoGroups(host) });

    /// <summary>
    /// Some devices must be translated; none passed through says that the argument was dropped. Kernels before 5.11 do not show it.
    /// </summary>
    public static readonly Proof PassedThrough = new($"{Groups}/*/type", (host, _) =>
    {
        var types = host.Files.List(Groups).Select(group => host.Files.Read($"{Groups}/{group}/type").Text?.Trim()).OfType<string>().ToList();
        return new(Groups) { Contradiction = NoGroups(host) ?? (types.Count == 0 || types.Contains("identity") ? null : $"none of {Groups}/*/type is identity") };
    });

    public static readonly Proof DefaultSize = new("/proc/meminfo (Hugepagesize)", (host, argument) =>
        Proof.Compare(host, "/proc/meminfo", argument.Value!, found => found.Split('\n').Any(line => line.StartsWith("Hugepagesize:", StringComparison.Ordinal)
            && line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1] == $"{BootEvidence.KibiBytes(argument.Value!)}")));

    /// <summary>The pages of the node, or of each NUMA node that is named: first of one that has too few.</summary>
    public static readonly Proof Pages = new($"{Pools}/hugepages-SIZE/nr_hugepages, or {Nodes}/nodeN/hugepages/hugepages-SIZE/nr_hugepages", (host, argument) =>
        argument.Pages.Select(pages => OfPool(host, argument.PoolSize!, pages.Node, pages.Count)).OfType<Finding>()
            .OrderBy(finding => finding.Contradiction is null).FirstOrDefault());

    /// <summary>
    /// A module's parameter. Not every one can be read: some have no file (mode 0), and some are read by the kernel itself, early.
    /// </summary>
    public static readonly Proof Parameter = new("/sys/module/MODULE/parameters/PARAMETER", (host, argument) =>
    {
        if (argument.Name.Split('.') is not [var module, var parameter])
        {
            return null;
        }

        var directory = $"/sys/module/{module.Replace('-', '_')}";
        var file = $"{directory}/parameters/{parameter}";
        // A switch without a value is on. They are shown as Y and N, whatever they were set by.
        var value = argument.Value ?? "Y";
        return Proof.Compare(host, file, value, found => found == value || (Switch(found) is { } shown && shown == Switch(value))) ?? (
            host.Files.Exists(file) ? null
            : host.Files.Exists($"{directory}/parameters") ? new(CommandLine.Path)
            {
                Remark = $"{directory}/parameters has no {parameter}: this kernel may not have that parameter, or not show it; see modinfo -p {module}",
            }
            : host.Files.Exists(directory) ? null
            : new(CommandLine.Path) { Remark = $"there is no {directory}: the parameter counts when a module of that name is loaded" });
    });

    /// <summary>No unit of a maker's is in use: Intel's are dmar*, AMD's ivhd*.</summary>
    public static Proof NoUnit(string prefix) => new($"{Units}/{prefix}* (none)", (host, _) => new(Units)
    {
        Contradiction = host.Files.List(Units).FirstOrDefault(name => name.StartsWith(prefix, StringComparison.Ordinal)) is { } unit ? $"there is {Units}/{unit}" : null,
    });

    private static Finding? OfPool(HostView host, string size, int? node, long count)
    {
        var file = $"{(node is null ? Pools : $"{Nodes}/node{node}/hugepages")}/hugepages-{BootEvidence.KibiBytes(size)}kB/nr_hugepages";
        return Proof.Compare(host, file, $"at least {count}", found => Number(found) >= count)
            ?? (node is null ? null : new(file) { Contradiction = $"there is no {file}" });
    }

    private static string? NoGroups(HostView host) => host.Files.List(Groups).Count > 0 ? null
        : $"{Groups} is empty: the firmware has the IOMMU (VT-d, AMD-Vi) switched off, or there is none; switch it on there";

    private static bool? Switch(string text) => text switch
    {
        "Y" or "y" or "1" or "on" => true,
        "N" or "n" or "0" or "off" => false,
        _ => null,
    };

    private static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
