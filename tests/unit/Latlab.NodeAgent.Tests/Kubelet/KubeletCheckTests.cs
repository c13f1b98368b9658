using CsCheck;
using Latlab.Crds;
using Latlab.NodeAgent.Kubelet;

namespace Latlab.NodeAgent.Tests.Kubelet;

public sealed class KubeletCheckTests
{
    private static readonly NodeLayout OneNumaNode = Layout("2-3", "0-3");

    [Fact]
    public void Reserved_CPUs_that_are_the_rest_fit() => Assert.Null(Mismatch(new() { CpuManagerPolicy = "static", ReservedSystemCpus = "0,1" }, OneNumaNode));

    [Theory]
    [InlineData("none", "0-1", "cpuManagerPolicy: \"static\"", "no pod gets CPUs of its own")]
    [InlineData("static", null, "reservedSystemCPUs: \"0-1\"", "chooses itself")]
    [InlineData("static", "0", "reservedSystemCPUs: \"0-1\"", "one that is not isolated")]
    [InlineData("static", "0-2", "reservedSystemCPUs: \"0-1\"", "no pod can have 2 for its own")]
    [InlineData("static", "nonsense", "reservedSystemCPUs: \"0-1\"", "nonsense")]
    public void What_does_not_fit_is_told_with_the_exact_remedy(string policy, string? reserved, string remedy, string problem)
    {
        var mismatch = Mismatch(new() { CpuManagerPolicy = policy, ReservedSystemCpus = reserved }, OneNumaNode)!;
        Assert.Contains(problem, mismatch, StringComparison.Ordinal);
        Assert.Contains($"set in /k.yaml {remedy}", mismatch, StringComparison.Ordinal);
        // Without that, kubelet ends at once.
        Assert.Contains("remove /var/lib/kubelet/cpu_manager_state", mismatch, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_a_flag_gave_is_mended_by_the_flag()
    {
        var settings = KubeletSettings.From(
            new Dictionary<string, string> { ["cpuManagerPolicy"] = "static" }, new Dictionary<string, string> { ["reserved-cpus"] = "0" });
        var mismatch = Mismatch(settings, OneNumaNode)!;
        Assert.Contains("start kubelet with --reserved-cpus=0-1", mismatch, StringComparison.Ordinal);
        Assert.DoesNotContain("set in", mismatch, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_with_several_NUMA_nodes_do_topology_and_memory_count()
    {
        var settings = new KubeletSettings { CpuManagerPolicy = "static", ReservedSystemCpus = "0-1" };
        var mismatch = Mismatch(settings, OneNumaNode with { NumaNodes = 2 })!;
        Assert.Contains("topologyManagerPolicy: \"single-numa-node\"", mismatch, StringComparison.Ordinal);
        Assert.EndsWith("then restart kubelet", mismatch, StringComparison.Ordinal);
        Assert.DoesNotContain("memoryManagerPolicy", mismatch, StringComparison.Ordinal);
        var withPages = Mismatch(settings with { TopologyManagerPolicy = "restricted" }, OneNumaNode with { NumaNodes = 2, HasBootPools = true })!;
        Assert.Contains("memoryManagerPolicy: \"Static\"", withPages, StringComparison.Ordinal);
        Assert.Contains("reservedMemory", withPages, StringComparison.Ordinal);
        Assert.Contains("write the line \"r! /var/lib/kubelet/memory_manager_state\" to /etc/tmpfiles.d/kubelet-state.conf", withPages, StringComparison.Ordinal);
        Assert.Null(Mismatch(
            settings with { TopologyManagerPolicy = "restricted", MemoryManagerPolicy = "Static" }, OneNumaNode with { NumaNodes = 2, HasBootPools = true }));
    }

    [Theory]
    // Static is for pages that are there when kubelet starts: whoever has others is told so, and never to set it first.
    [InlineData(2, "None", "may be of another one than its CPUs")]
    [InlineData(2, "Static", "at the next boot it finds none")]
    [InlineData(1, "Static", "at the next boot it finds none")]
    [InlineData(1, "None", null)]
    public void For_hugepages_that_are_made_after_its_start_the_memory_manager_is_no_remedy(int numaNodes, string policy, string? problem)
    {
        var settings = new KubeletSettings
        {
            CpuManagerPolicy = "static",
            ReservedSystemCpus = "0-1",
            TopologyManagerPolicy = "restricted",
            MemoryManagerPolicy = policy,
        };
        foreach (var node in new[] { OneNumaNode, Layout(null, "0-3") }.Where(node => node.Isolated.Count > 0 || policy == "Static"))
        {
            var mismatch = Mismatch(settings, node with { NumaNodes = numaNodes, HasLatePools = true });
            Assert.Equal(problem is null, mismatch is null);
            if (problem is not null)
            {
                Assert.Contains(problem, mismatch, StringComparison.Ordinal);
                Assert.Contains("Remedy: reserve the pages at boot, by kernel.arguments", mismatch, StringComparison.Ordinal);
                Assert.EndsWith("remove /var/lib/kubelet/cpu_manager_state and /var/lib/kubelet/memory_manager_state, and reboot it", mismatch, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("", "2-3", "e.g. of 2-3", "cpuManagerPolicyOptions: {full-pcpus-only: \"true\"}; then restart kubelet")]
    [InlineData("align-by-socket=true", "2-3", "e.g. of 2-3", "cpuManagerPolicyOptions: {align-by-socket: \"true\", full-pcpus-only: \"true\"}; then restart kubelet")]
    [InlineData("full-pcpus-only=true", "2-3", null, null)]
    [InlineData("full-pcpus-only=true", "1,3", "of 1,3 1 is not isolated", "Remedy: add 1 to cpu.isolated, or boot with nosmt (kernel.arguments)")]
    [InlineData("", "1,3", null, null)]
    [InlineData("", null, null, null)]
    [InlineData("strict-cpu-reservation=true", null, "keeps pods without CPUs of their own", "cpuManagerPolicyOptions: {strict-cpu-reservation: \"false\"}; then drain the node, stop kubelet, remove")]
    [InlineData("strict-cpu-reservation=true", "2-3", "; two pods may get", "cpuManagerPolicyOptions: {full-pcpus-only: \"true\", strict-cpu-reservation: \"false\"}; then drain")]
    public void Options_of_the_static_policy_are_held_against_the_cores(string options, string? core, string? problem, string? remedy)
    {
        var settings = new KubeletSettings { CpuManagerPolicy = "static", ReservedSystemCpus = "0-1", CpuManagerOptions = KubeletOptions.Parse(options) };
        var mismatch = Mismatch(settings, OneNumaNode with { Cores = core is null ? [] : [CpuList.Parse(core)] });
        Assert.Equal(problem is null, mismatch is null);
        Assert.Contains(problem ?? "", mismatch ?? "", StringComparison.Ordinal);
        Assert.Contains(remedy ?? "", mismatch ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("static", "2-3", true)]
    [InlineData("static", null, true)]
    // Static is the remedy for isolated CPUs.
    [InlineData("none", "2-3", true)]
    [InlineData("none", null, false)]
    public void Threads_that_the_agent_switches_off_do_not_go_with_a_static_CPU_manager(string policy, string? isolated, bool told)
    {
        var mismatch = Mismatch(new() { CpuManagerPolicy = policy, ReservedSystemCpus = "0-1" }, Layout(isolated, "0-3") with { HasThreadsOffLate = true });
        Assert.Equal(told, mismatch is not null);
        Assert.Equal(told, mismatch?.Contains("boot with nosmt (kernel.arguments) instead of cpu.smt", StringComparison.Ordinal) == true);
        Assert.Equal(told, mismatch?.EndsWith("and reboot it", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void A_kubelet_that_runs_with_another_policy_than_its_file_says_is_not_just_to_be_restarted_as_it_would_end_at_once()
    {
        var kubelet = Kubelet(new() { CpuManagerPolicy = "static", ReservedSystemCpus = "0-1" });
        foreach (var other in new[] { kubelet with { RunningCpuManagerPolicy = "none" }, kubelet with { RunningMemoryManagerPolicy = "Static" } })
        {
            Assert.Contains("drain the node, stop kubelet, remove /var/lib/kubelet/", KubeletCheck.Mismatch(other, OneNumaNode)!, StringComparison.Ordinal);
            Assert.NotNull(KubeletHazards.OfRestart(other));
        }

        var same = kubelet with { RunningCpuManagerPolicy = "static", RunningMemoryManagerPolicy = "None" };
        Assert.Null(KubeletCheck.Mismatch(same, OneNumaNode));
        Assert.Null(KubeletHazards.OfRestart(same));
    }

    [Fact]
    public void A_kubelet_that_compares_hugepages_or_that_nobody_sees_is_not_to_be_restarted()
    {
        Assert.Contains("remove /var/lib/kubelet/cpu_manager_state", KubeletHazards.OfRestart(Kubelet(new() { MemoryManagerPolicy = "Static" }))!, StringComparison.Ordinal);
        Assert.Contains("k3s", KubeletHazards.OfRestart(new() { Problem = "k3s" })!, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_follows_the_remedy_is_done() => Gen.Select(
        Gen.Int[0, 15].HashSet[1, 10], Gen.Int[0, 15].HashSet[0, 10], Gen.Bool).Sample((isolated, reserved, isStatic) =>
    {
        var policy = isStatic ? "static" : "none";
        var layout = Layout(CpuList.Format(isolated.Order()), "0-15");
        var settings = new KubeletSettings { CpuManagerPolicy = policy, ReservedSystemCpus = reserved.Count == 0 ? null : CpuList.Format(reserved.Order()) };
        var mismatch = Mismatch(settings, layout);
        var fits = policy == "static" && reserved.SetEquals(layout.Online.Except(isolated));
        Assert.Equal(fits, mismatch is null);
        var housekeeping = CpuList.Format(layout.Online.Except(isolated));
        Assert.Null(Mismatch(new() { CpuManagerPolicy = "static", ReservedSystemCpus = housekeeping }, layout));
        if (mismatch is not null && !reserved.SetEquals(layout.Online.Except(isolated)))
        {
            Assert.Contains($"reservedSystemCPUs: \"{housekeeping}\"", mismatch, StringComparison.Ordinal);
        }
    });

    private static NodeLayout Layout(string? isolated, string online) => new(isolated is null ? [] : CpuList.Parse(isolated), CpuList.Parse(online), NumaNodes: 1);

    private static KubeletReading Kubelet(KubeletSettings settings) => new() { Settings = settings, Files = ["/proc/1/cmdline", "/k.yaml"] };

    private static string? Mismatch(KubeletSettings settings, NodeLayout layout) => KubeletCheck.Mismatch(Kubelet(settings), layout);
}
