using System.Globalization;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs;

/// <summary>
/// Memory of a NUMA node in KiB, from its <c>meminfo</c>. The kernel itself stops at its watermarks alone, a few MiB before the end: it
/// would drop every page of every program that it can read again, and kubelet would evict pods, or the node would be lost.
/// </summary>
internal sealed record NodeMemory(long Total, long Free, long Files)
{
    private const long LeastReserve = 512 * 1024;

    /// <summary>
    /// What hugepages leave alone: a tenth, and at least 512 MiB. It holds the code of running programs (their pages count as reclaimable
    /// and are needed again at once), page tables, the kernel's watermarks, and kubelet's eviction threshold of 100 MiB.
    /// </summary>
    public long Reserve => ReserveOf(Total);

    /// <summary>The same of so much memory in KiB.</summary>
    public static long ReserveOf(long total) => Math.Max(total / 10, LeastReserve);

    /// <summary>
    /// What may become hugepages: free memory and the page cache, less the reserve. Shared memory is not in it, as it cannot be dropped.
    /// </summary>
    public long Room => Math.Max(0, Free + Files - Reserve);

    /// <summary>Reads it; null and the reason when the kernel does not say.</summary>
    public static NodeMemory? TryRead(IHost host, string file, out string? problem)
    {
        var read = host.Read(file);
        var memory = (Field(read, "MemTotal"), Field(read, "MemFree"), Field(read, "Active(file)"), Field(read, "Inactive(file)")) is
            ({ } total, { } free, { } active, { } inactive)
            ? new NodeMemory(total, free, active + inactive)
            : null;
        problem = memory is not null ? null
            : $"{file}: {read.Problem ?? "does not say how much memory is free"}; "
                + "without that no hugepages are set, as they could take the node's last memory";
        return memory;
    }

    /// <summary>How much there is; null when the kernel does not say.</summary>
    public static long? TotalOf(IHost host, string file) => Field(host.Read(file), "MemTotal");

    // "Node 0 MemFree:  5643844 kB", and without NUMA "MemFree:  5643844 kB".
    private static long? Field(HostText meminfo, string name) => (meminfo.Text ?? "").Split('\n')
        .Select(line => line.Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words is [.., var word, _, "kB"] && word == name)
        .Select(words => long.TryParse(words[^2], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (long?)null)
        .FirstOrDefault();
}
