using Latlab.NodeAgent.Kubelet;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Kubelet;

public sealed class KubeletReaderTests : IDisposable
{
    private readonly FakeTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void What_is_nowhere_said_has_kubelets_default()
    {
        var settings = Read(_tree.WithKubelet(config: null)).Settings!;
        Assert.Equal(("none", null, "none", "None"), Values(settings));
    }

    [Fact]
    public void The_configuration_is_read()
    {
        const string Config = "cpuManagerPolicy: static\nreservedSystemCPUs: \"0\"\ntopologyManagerPolicy: restricted\nmemoryManagerPolicy: Static";
        var reading = Read(_tree.WithKubelet(Config));
        Assert.Equal(("static", "0", "restricted", "Static"), Values(reading.Settings!));
        Assert.Equal(["/proc/812/cmdline", KubeletTree.Config], reading.Files);
    }

    [Fact]
    public void A_drop_in_goes_over_the_configuration_and_a_flag_over_both()
    {
        _tree.WithKubelet(KubeletTree.Aligned, "--config-dir", "/etc/kubernetes/kubelet.d", "--cpu-manager-policy=none")
            .File("/etc/kubernetes/kubelet.d/20-b.conf", "reservedSystemCPUs: 0,2")
            .File("/etc/kubernetes/kubelet.d/10-a.conf", "reservedSystemCPUs: 0-2\ntopologyManagerPolicy: best-effort")
            .File("/etc/kubernetes/kubelet.d/30-c.conf", "cpuManagerPolicyOptions:\n  full-pcpus-only: \"true\"\n  align-by-socket: \"true\"")
            .File("/etc/kubernetes/kubelet.d/40-d.conf", "cpuManagerPolicyOptions:\n  align-by-socket: \"false\"")
            .File("/etc/kubernetes/kubelet.d/notes.txt", "reservedSystemCPUs: 3");
        var settings = Read(_tree).Settings!;
        Assert.Equal(("none", "0,2", "best-effort", "None"), Values(settings));
        Assert.Equal("align-by-socket=false,full-pcpus-only=true", KubeletOptions.Format(settings.CpuManagerOptions));
        Assert.True(settings.Has("full-pcpus-only"));
    }

    [Fact]
    public void A_configuration_that_cannot_be_seen_is_told_with_the_value_that_shows_it()
    {
        var reading = Read(_tree.WithKubelet(config: null, "--config=/etc/k.yaml"));
        Assert.Null(reading.Settings);
        Assert.Contains("/etc/k.yaml cannot be seen", reading.Problem!, StringComparison.Ordinal);
        Assert.Contains("agent.kubeletConfig", reading.Problem!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("- a\n- b")]
    [InlineData("cpuManagerPolicy: [static")]
    [InlineData("a: &x 1\nb: *x")]
    public void A_configuration_that_is_none_is_told(string config) =>
        Assert.Contains(KubeletTree.Config, Read(_tree.WithKubelet(config)).Problem!, StringComparison.Ordinal);

    [Fact]
    public void A_node_without_kubelet_is_told() => Assert.Contains("no process called kubelet", Read(_tree).Problem!, StringComparison.Ordinal);

    [Fact]
    public void Of_a_kubelet_whose_command_line_cannot_be_read_no_default_is_assumed()
    {
        var reading = Read(_tree.File("/proc/812/comm", "kubelet"));
        Assert.Null(reading.Settings);
        Assert.Contains("/proc/812/cmdline", reading.Problem!, StringComparison.Ordinal);
    }

    [Fact]
    public void The_running_policy_is_read_where_kubelet_keeps_it()
    {
        _tree.WithKubelet(KubeletTree.Aligned, "--root-dir=/data/kubelet/").File("/data/kubelet/cpu_manager_state", """{"policyName":"none","checksum":1}""");
        Assert.Equal("none", Read(_tree).RunningCpuManagerPolicy);
        Assert.Equal("Static", Read(_tree.File("/data/kubelet/memory_manager_state", """{"policyName":"Static"}""")).RunningMemoryManagerPolicy);
        Assert.Null(Read(_tree.File("/data/kubelet/cpu_manager_state", "{")).RunningCpuManagerPolicy);
        Assert.Null(Read(_tree.File("/data/kubelet/cpu_manager_state", """{"policyName":7}""")).RunningCpuManagerPolicy);
    }

    [Fact]
    public void A_kubelet_that_was_started_anew_is_found_again()
    {
        var reader = new KubeletReader(_tree.WithKubelet().Host);
        Assert.Equal("0-1", reader.Read().Settings!.ReservedSystemCpus);
        _tree.File("/proc/812/comm", "sleep").File("/proc/900/comm", "kubelet").File("/proc/900/cmdline", "kubelet\0--reserved-cpus\0" + "3\0");
        Assert.Equal("3", reader.Read().Settings!.ReservedSystemCpus);
    }

    private static (string, string?, string, string) Values(KubeletSettings settings) =>
        (settings.CpuManagerPolicy, settings.ReservedSystemCpus, settings.TopologyManagerPolicy, settings.MemoryManagerPolicy);

    private static KubeletReading Read(FakeTree tree) => new KubeletReader(tree.Host).Read();
}
