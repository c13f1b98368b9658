using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Cluster;
using Latlab.NodeAgent.Noise;
using Latlab.NodeAgent.Tests.Cluster;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Noise;

/// <summary>What came between on CPUs from one request to the next.</summary>
public sealed class InterferenceLooksTests
{
    private static readonly NodeTuningSpec Isolated = new() { Cpu = new() { Isolated = "2-3" } };

    [Fact]
    public void The_counters_of_two_requests_are_subtracted_for_the_isolated_cpus()
    {
        using var tree = Counted(FakeTree.Usual(), local: 100, network: 7, slices: 40);
        var looks = new InterferenceLooks(tree.Host);
        Assert.Null(looks.Answer(Asked("run/before", Isolated), last: null));
        Counted(tree, local: 103, network: 27, slices: 41);
        var found = looks.Answer(Asked("run/after", Isolated), last: null)!;
        Assert.Equal(("run/before", "run/after"), (found.From, found.To));
        Assert.Equal(
            [
                new CpuInterference { Cpu = 2, Interrupts = 23, Most = "25:20 LOC:3", ContextSwitches = 1 },
                new CpuInterference { Cpu = 3, Interrupts = 0, ContextSwitches = 0 },
            ],
            found.Cpus.Select(cpu => cpu with { Smis = null }));
    }

    [Fact]
    public void System_management_interrupts_are_the_hosts_counters_also_when_the_module_is_loaded_later()
    {
        using var tree = Counted(FakeTree.Usual(), local: 1, network: 1, slices: 1);
        var looks = new InterferenceLooks(tree.Host);
        looks.Answer(Asked("a", Isolated), null);
        Msr(2, 40);
        looks.Answer(Asked("b", Isolated), null);
        Msr(2, 43);
        Assert.Equal([3, null], looks.Answer(Asked("c", Isolated), null)!.Cpus.Select(cpu => cpu.Smis));

        void Msr(int cpu, byte count)
        {
            tree.File($"/dev/cpu/{cpu}/msr", "");
            // MSR_SMI_COUNT is 0x34, and the upper half of the register is reserved.
            File.WriteAllBytes($"{tree.Root}/dev/cpu/{cpu}/msr", [.. new byte[0x34], count, 0, 0, 0, 9, 9, 9, 9]);
        }
    }

    [Fact]
    public void Without_isolated_cpus_all_are_counted()
    {
        using var tree = Counted(FakeTree.Usual(), local: 1, network: 1, slices: 1);
        var looks = new InterferenceLooks(tree.Host);
        looks.Answer(Asked("a", Specs.Empty), null);
        Assert.Equal([0, 1, 2, 3], looks.Answer(Asked("b", Specs.Empty), null)!.Cpus.Select(cpu => cpu.Cpu));
    }

    [Fact]
    public void Nothing_is_counted_without_a_new_request_and_the_last_account_is_kept()
    {
        using var tree = Counted(FakeTree.Usual(), local: 1, network: 1, slices: 1);
        var looks = new InterferenceLooks(tree.Host);
        var known = new NodeTuningStatus { ReadBack = "b", Interference = new() { From = "a", To = "b" } };
        Assert.Same(known.Interference, looks.Answer(Asked(null, Isolated), known));
        // A fresh agent, to whose predecessor that was asked.
        Assert.Same(known.Interference, looks.Answer(Asked("b", Isolated), known));
        Assert.Null(looks.Answer(Asked("c", Isolated), known));
    }

    [Fact]
    public void A_kernel_that_does_not_count_timeslices_says_nothing_of_them()
    {
        using var tree = Counted(FakeTree.Usual(), local: 1, network: 1, slices: 1).File("/proc/schedstat", "version 15");
        var looks = new InterferenceLooks(tree.Host);
        looks.Answer(Asked("a", Isolated), null);
        Assert.Null(looks.Answer(Asked("b", Isolated), null)!.Cpus[0].ContextSwitches);
    }

    private static FakeTree Counted(FakeTree tree, long local, long network, long slices) => tree
        .File("/proc/interrupts", $"            CPU0       CPU1       CPU2       CPU3\n  25:          0          0         {network}          0   PCI-MSI eth0\n LOC:          9          9         {local}          5   Local timer interrupts\n ERR:          0")
        .File("/proc/schedstat", $"version 15\ntimestamp 1\ncpu0 0 0 0 0 0 0 1 2 9\ncpu1 0 0 0 0 0 0 1 2 9\ncpu2 0 0 0 0 0 0 1 2 {slices}\ndomain0 f 1 2 3 4 5 6 7 8 9 10\ncpu3 0 0 0 0 0 0 1 2 3");

    private static NodeTuning Asked(string? token, NodeTuningSpec spec)
    {
        var tuning = FakeApi.Tuning(spec);
        return token is null ? tuning
            : tuning with { Metadata = tuning.Metadata with { Annotations = new Dictionary<string, string> { [ReadBackRequest.TokenAnnotation] = token } } };
    }
}
