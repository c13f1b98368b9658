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
        var withPages = Mismatch(settings with { TopologyManagerPolicy = "restricted" }, OneNumaNode with { NumaNodes = 2, HasHugePages = true })!;
        Assert.Contains("memoryManagerPolicy: \"Static\"", withPages, StringComparison.Ordinal);
        Assert.Contains("reservedMemory", withPages, StringComparison.Ordinal);
        Assert.Null(Mismatch(
            settings with { TopologyManagerPolicy = "restricted", MemoryManagerPolicy = "Static" }, OneNumaNode with { NumaNodes = 2, HasHugePages = true }));
    }

    [Fact]
    public void A_kubelet_that_runs_with_another_policy_than_its_file_says_is_to_be_restarted()
    {
        var kubelet = Kubelet(new() { CpuManagerPolicy = "static", ReservedSystemCpus = "0-1" });
        Assert.Contains("Restart it", KubeletCheck.Mismatch(kubelet with { RunningCpuManagerPolicy = "none" }, OneNumaNode)!, StringComparison.Ordinal);
        Assert.Null(KubeletCheck.Mismatch(kubelet with { RunningCpuManagerPolicy = "static" }, OneNumaNode));
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

    private static NodeLayout Layout(string isolated, string online) => new(CpuList.Parse(isolated), CpuList.Parse(online), NumaNodes: 1, HasHugePages: false);

    private static KubeletReading Kubelet(KubeletSettings settings) => new() { Settings = settings, Files = ["/proc/1/cmdline", "/k.yaml"] };

    private static string? Mismatch(KubeletSettings settings, NodeLayout layout) => KubeletCheck.Mismatch(Kubelet(settings), layout);
}
