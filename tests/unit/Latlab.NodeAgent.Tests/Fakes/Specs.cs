using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;

namespace Latlab.NodeAgent.Tests.Fakes;

/// <summary>Specs that the tests use.</summary>
internal static class Specs
{
    public static NodeTuningSpec Empty { get; } = new();

    /// <summary>Two sysctls and one hugepage pool: fits <see cref="FakeTree.Usual"/>.</summary>
    public static NodeTuningSpec Usual { get; } = new()
    {
        Kernel = new()
        {
            Sysctls = new Dictionary<string, string> { ["vm.stat_interval"] = "10", ["net.ipv4.tcp_rmem"] = "4096 8192 16384" },
        },
        Memory = new() { HugePages = [new() { Size = "2Mi", Count = 64 }] },
    };

    public static CpuTuning EveryCpuKnob { get; } = new()
    {
        Isolated = "2-3",
        Governor = "performance",
        EnergyPerformanceBias = 0,
        Boost = false,
        MaxResumeLatency = "0us",
        Smt = SmtControl.Off,
        IrqAffinity = "0-1",
        WorkqueueAffinity = "0-1",
        IgnoreCorrectedErrors = true,
    };

    public static MemoryTuning EveryMemoryKnob { get; } = new()
    {
        HugePages = [new() { Size = "2Mi", Count = 64 }],
        TransparentHugePages = TransparentHugePages.Never,
        TransparentHugePageDefrag = HugePageDefragmentation.DeferMadvise,
        SamePageMerging = SamePageMerging.Stop,
    };

    public static NodeTuningSpec Sysctl(string name, string value, DriftPolicy drift = DriftPolicy.Repair) =>
        new() { Kernel = new() { Sysctls = new Dictionary<string, string> { [name] = value } }, Drift = drift };

    public static NodeTuningSpec HugePages(string size, int count, int node = 0) =>
        new() { Memory = new() { HugePages = [new() { Size = size, Count = count, NumaNode = node }] } };

    public static NodeTuningSpec Wires(params VirtualWire[] wires) => new() { VirtualWires = wires };
}
