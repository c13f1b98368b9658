using System.Globalization;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>The pages that a boot made on each NUMA node, for pools that name nodes (<c>admin-guide/mm/hugetlbpage.rst</c>).</summary>
internal static class PoolEvidence
{
    /// <summary>The file that shows it, and what is wrong there; null for an argument that names no node.</summary>
    public static (string File, string? Contradiction)? Of(IHost host, KernelArgument argument)
    {
        var pool = argument.PoolSize is { } size ? $"hugepages-{BootEvidence.KibiBytes(size)}kB" : "";
        var shown = argument.Pages.Where(pages => pages.Node is not null)
            .Select(pages => (pages.Count, File: $"/sys/devices/system/node/node{pages.Node}/hugepages/{pool}/nr_hugepages"))
            .Select(pages => (pages.File, Contradiction: Contradiction(host, pages.File, pages.Count)))
            .OrderBy(pages => pages.Contradiction is null)
            .ToList();
        return shown.Count > 0 ? shown[0] : null;
    }

    private static string? Contradiction(IHost host, string file, long count)
    {
        var found = host.Read(file).Text?.Trim();
        return long.TryParse(found, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= count
            ? null
            : $"{file} is \"{found}\" and not at least {count}";
    }
}
