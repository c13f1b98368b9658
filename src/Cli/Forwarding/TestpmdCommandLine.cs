using System.Text.Json;
using Latlab.Crds.Experiments;

namespace Latlab.Cli.Forwarding;

/// <summary>testpmd's command line (DPDK 22.11: EAL parameters, then the application's after <c>--</c>).</summary>
internal static class TestpmdCommandLine
{
    /// <summary>Name of the program.</summary>
    public const string Program = "dpdk-testpmd";

    /// <summary>
    /// Two ports with a ring of 4096 frames each way, their bursts, and the lcores' caches need fewer. The default would be for 32
    /// ports, and not fit a small pod.
    /// </summary>
    private const int PacketBuffers = 16384;

    /// <summary>testpmd's name of a mode.</summary>
    public static string NameOf(ForwardingMode mode) => JsonSerializer.Serialize(mode, ModeJson.Default.ForwardingMode).Trim('"');

    /// <summary>The arguments, the program's name first.</summary>
    /// <param name="settings">How to forward.</param>
    /// <param name="cpus">CPUs to run on, at least one.</param>
    public static IReadOnlyList<string> Build(TestpmdSettings settings, IReadOnlyList<int> cpus) =>
    [
        Program,
        "--lcores", LogicalCores(cpus),
        "--no-pci",
        .. Memory(settings),
        "--iova-mode=va",
        $"--file-prefix={settings.FilePrefix}",
        // Each ring 8 MiB: a pinned CPU that serves something else for some milliseconds does not lose packets at once.
        .. settings.Ports.Select((device, index) => $"--vdev=net_af_packet{index},iface={device},blocksz=65536,framesz=2048,framecnt=4096"),
        "--",
        $"--forward-mode={NameOf(settings.Mode)}",
        "--auto-start",
        $"--nb-cores={Math.Max(1, cpus.Count - 1)}",
        $"--total-num-mbufs={PacketBuffers}",
        "--no-mlockall",
    ];

    /// <summary>
    /// Main lcore on the first CPU, forwarding on the others; with one CPU both share it, which works as the main lcore sleeps once
    /// forwarding has started. Always lcore@CPU: lcore numbers end at 127, CPU numbers do not.
    /// </summary>
    private static string LogicalCores(IReadOnlyList<int> cpus) =>
        cpus.Count == 1 ? $"0@{cpus[0]},1@{cpus[0]}" : string.Join(',', cpus.Select((cpu, lcore) => $"{lcore}@{cpu}"));

    /// <summary>
    /// DPDK 22.11 refuses <c>--in-memory</c> with <c>--no-huge</c>; <c>--no-shconf</c> is the part of it that matters: nothing is left on
    /// disk.
    /// </summary>
    private static string[] Memory(TestpmdSettings settings) =>
        settings.HugePages ? ["--in-memory", "-m", $"{settings.MemoryMiB}"] : ["--no-huge", "--no-shconf", "-m", $"{settings.MemoryMiB}"];
}
