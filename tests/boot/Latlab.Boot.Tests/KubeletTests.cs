namespace Latlab.Boot.Tests;

/// <summary>Kubelet of a real machine, a service of systemd: held against the isolated CPUs, and restarted for hugepages.</summary>
public sealed class KubeletTests(BootFixture cluster)
{
    private const string Name = "kubelet";
    private const string Config = "/etc/kubernetes/kubelet.yaml";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    private static readonly string TunedNode = $$"""
        apiVersion: latlab.dev/v1alpha1
        kind: TunedNode
        metadata: { name: {{Name}} }
        spec:
          nodeName: {{BootVm.Node}}
          cpu: { isolated: "2-3" }
          memory: { hugePages: [{ size: 2Mi, count: 32 }] }
          kubelet: { restart: Allowed }
        """;

    [Fact]
    public async Task It_is_restarted_once_for_hugepages_and_fits_the_isolated_CPUs_after_the_remedy_that_is_told()
    {
        var before = await cluster.Vm.ReadAsync(Config);
        var process = await ProcessAsync();
        await cluster.Kubectl.ApplyAsync(TunedNode);
        try
        {
            await Eventually.TrueAsync(
                "kubelet to offer the hugepages",
                Patience,
                async () => (string?)(await cluster.Vm.NodeAsync())["status"]!["allocatable"]!["hugepages-2Mi"] == "64Mi",
                DescribeAsync);
            var restarted = await ProcessAsync();
            Assert.NotEqual(process, restarted);
            await ConditionAsync("HugePagesAllocatable", "True");

            // The remedy, word by word.
            await ConditionAsync("KubeletAligned", "False");
            var message = (await cluster.Kubectl.GetAsync("tn", Name)).Condition("KubeletAligned", "message")!;
            Assert.Contains($"set in {Config} cpuManagerPolicy: \"static\", reservedSystemCPUs: \"0-1\"", message, StringComparison.Ordinal);
            Assert.Contains("stop kubelet, remove /var/lib/kubelet/cpu_manager_state", message, StringComparison.Ordinal);
            Assert.Equal(restarted, await ProcessAsync());
            await ConfigureAsync(before + "\ncpuManagerPolicy: \"static\"\nreservedSystemCPUs: \"0-1\"\n");
            await ConditionAsync("KubeletAligned", "True");
        }
        finally
        {
            await ConfigureAsync(before + "\n");
            await cluster.Kubectl.RunAsync("delete", "tunednode", Name, "--wait=false");
            await Eventually.TrueAsync("the TunedNode to be gone", Patience, async () => await cluster.Kubectl.GetAsync("tn", Name) is null, DescribeAsync);
        }
    }

    private Task<string> ProcessAsync() => cluster.Vm.RunAsync("systemctl", "show", "--property=MainPID", "kubelet.service");

    private async Task ConfigureAsync(string text)
    {
        await cluster.Vm.RunAsync("systemctl", "stop", "kubelet.service");
        await cluster.Vm.WriteAsync(Config, text);
        await cluster.Vm.RunAsync("rm", "-f", "/var/lib/kubelet/cpu_manager_state", "/var/lib/kubelet/memory_manager_state");
        await cluster.Vm.RunAsync("systemctl", "start", "kubelet.service");
    }

    private Task ConditionAsync(string type, string status) => Eventually.TrueAsync(
        $"{type} to be {status}", Patience, async () => (await cluster.Kubectl.GetAsync("tn", Name)).Condition(type) == status, DescribeAsync);

    private Task<string> DescribeAsync() => cluster.Kubectl.RunAsync("describe", "tn,ntn");
}
