using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Knobs.Files;

namespace Latlab.NodeAgent.Knobs.Memory;

/// <summary>What the kernel does to memory by itself.</summary>
internal static class MemoryFileKnobs
{
    private const string Transparent = "/sys/kernel/mm/transparent_hugepage";
    private const string Merging = "/sys/kernel/mm/ksm/run";

    public static readonly KnobKind TransparentHugePages = FileKinds.One(
        "memory.transparentHugePages",
        spec => spec.Memory?.TransparentHugePages?.ToString().ToLowerInvariant(),
        new(
            "No thread of the kernel that joins pages, and no stall while it does.", $"{Transparent}/enabled", "admin-guide/mm/transhuge.rst",
            "Huge pages that programs hold already stay"),
        ($"{Transparent}/enabled", AttributeForm.Choice));

    public static readonly KnobKind TransparentHugePageDefrag = FileKinds.One(
        "memory.transparentHugePageDefrag",
        spec => spec.Memory?.TransparentHugePageDefrag switch
        {
            HugePageDefragmentation.DeferMadvise => "defer+madvise",
            { } other => other.ToString().ToLowerInvariant(),
            null => null,
        },
        new("No compaction of memory within a page fault.", $"{Transparent}/defrag", "admin-guide/mm/transhuge.rst"),
        ($"{Transparent}/defrag", AttributeForm.Choice));

    public static readonly KnobKind SamePageMerging = FileKinds.One(
        "memory.samePageMerging",
        Merged,
        new(
            "No scanning thread, and no copy when a merged page is written to.", Merging, "admin-guide/mm/ksm.rst",
            "Unmerge needs memory for every page that was merged"),
        (Merging, AttributeForm.Plain));

    private static string? Merged(NodeTuningSpec spec) => spec.Memory?.SamePageMerging switch
    {
        Latlab.Crds.TunedNodes.SamePageMerging.Run => "1",
        Latlab.Crds.TunedNodes.SamePageMerging.Stop => "0",
        Latlab.Crds.TunedNodes.SamePageMerging.Unmerge => "2",
        _ => null,
    };
}
