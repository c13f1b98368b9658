using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Tests.Fakes;

/// <summary>A host's tree under a temporary directory, made of files by path.</summary>
internal sealed class FakeTree : IDisposable
{
    public const string FirstBoot = "11111111-1111-1111-1111-111111111111";
    public const string SecondBoot = "22222222-2222-2222-2222-222222222222";
    private const string Nodes = "/sys/devices/system/node";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("latlab-agent-");

    public FakeTree() => Boot(FirstBoot)
        .File("/proc/sys/kernel/osrelease", "6.1.0-test")
        .File("/proc/cmdline", "root=/dev/vda1 quiet")
        .File("/proc/cpuinfo", "processor\t: 0\nmodel name\t: Test CPU @ 3.00GHz\n")
        .File("/sys/devices/system/cpu/online", "0-3");

    public string Root => _directory.FullName;

    public HostRoot Host => new(Root);

    /// <summary>A tree with what the usual spec of the tests touches.</summary>
    public static FakeTree Usual() => new FakeTree()
        .Sysctl("vm.stat_interval", "1")
        .Sysctl("net.ipv4.tcp_rmem", "4096\t131072\t6291456")
        .HugePages("2048kB", "0")
        .Memory(totalMiB: 16384, freeMiB: 8192, filesMiB: 2048);

    /// <summary>A tree with four CPUs and every file that a CPU or memory knob is about.</summary>
    public static FakeTree WithCpus()
    {
        var tree = Usual()
            .File("/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never")
            .File("/sys/kernel/mm/transparent_hugepage/defrag", "always defer defer+madvise [madvise] never")
            .File("/sys/kernel/mm/ksm/run", "1")
            .File("/sys/devices/system/cpu/smt/control", "on")
            .File("/sys/devices/system/cpu/cpufreq/boost", "1")
            .File("/proc/irq/default_smp_affinity", "f")
            .File("/sys/devices/virtual/workqueue/cpumask", "0000000f");
        for (var cpu = 0; cpu < 4; cpu++)
        {
            tree.File($"/sys/devices/system/cpu/cpu{cpu}/power/pm_qos_resume_latency_us", "0")
                .File($"/sys/devices/system/cpu/cpu{cpu}/power/energy_perf_bias", "6")
                .File($"/sys/devices/system/machinecheck/machinecheck{cpu}/ignore_ce", "0");
        }

        foreach (var policy in new[] { 0, 2 })
        {
            tree.File($"/sys/devices/system/cpu/cpufreq/policy{policy}/scaling_governor", "powersave")
                .File($"/sys/devices/system/cpu/cpufreq/policy{policy}/related_cpus", $"{policy} {policy + 1}")
                .File($"/sys/devices/system/cpu/cpufreq/policy{policy}/scaling_available_governors", "performance powersave");
        }

        return tree.Irq(0, "0-3").Irq(9, "0-3").Irq(24, "2");
    }

    public FakeTree Irq(int number, string cpus) => File($"/proc/irq/{number}/smp_affinity_list", cpus);

    /// <summary>Cores, by the threads of each; simultaneous multithreading is on.</summary>
    public FakeTree Threads(params string[] cores)
    {
        foreach (var (core, thread) in cores.SelectMany(core => core.Split(',').Select(thread => (core, thread))))
        {
            File($"/sys/devices/system/cpu/cpu{thread}/topology/thread_siblings_list", core);
        }

        return File("/sys/devices/system/cpu/smt/control", "on");
    }

    public FakeTree Boot(string id) => File(BootId.Path, id);

    public FakeTree Sysctl(string name, string value) => File("/proc/sys/" + name.Replace('.', '/'), value);

    public FakeTree HugePages(string size, string count, int node = 0) =>
        File($"{Nodes}/node{node}/hugepages/hugepages-{size}/nr_hugepages", count);

    /// <summary>Memory of a NUMA node, as its meminfo has it.</summary>
    public FakeTree Memory(long totalMiB, long freeMiB, long filesMiB, int node = 0) =>
        File($"{Nodes}/node{node}/meminfo", Meminfo($"Node {node} ", totalMiB, freeMiB, filesMiB));

    public static string Meminfo(string prefix, long totalMiB, long freeMiB, long filesMiB) => $"""
        {prefix}MemTotal:       {totalMiB * 1024} kB
        {prefix}MemFree:        {freeMiB * 1024} kB
        {prefix}Active(file):   {filesMiB * 512} kB
        {prefix}Inactive(file): {filesMiB * 512} kB
        {prefix}FilePages:      999999999 kB
        {prefix}HugePages_Free: 7
        """;

    public FakeTree File(string path, string text)
    {
        var full = Root + path;
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        System.IO.File.WriteAllText(full, text + "\n");
        return this;
    }

    public FakeTree Link(string path, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Root + path)!);
        System.IO.File.CreateSymbolicLink(Root + path, target);
        return this;
    }

    public string Text(string path) => System.IO.File.ReadAllText(Root + path).TrimEnd('\n');

    public string SysctlText(string name) => Text("/proc/sys/" + name.Replace('.', '/'));

    public string HugePagesText(string size, int node = 0) => Text($"{Nodes}/node{node}/hugepages/hugepages-{size}/nr_hugepages");

    /// <summary>All files but the agent's own, as one text.</summary>
    public string Snapshot() => string.Join('\n', Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
        .Where(path => !path.Contains("/var/lib/latlab/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(path => $"{path[Root.Length..]}={System.IO.File.ReadAllText(path)}"));

    /// <summary>An agent just started on this tree.</summary>
    public Tuner Tuner(IHost? host = null, TimeProvider? clock = null) =>
        new(host ?? Host, new JournalFile(host ?? Host), clock ?? TimeProvider.System);

    public JournalState Journal()
    {
        var state = new JournalFile(Host).Load(out var problem);
        Assert.Null(problem);
        return state;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
