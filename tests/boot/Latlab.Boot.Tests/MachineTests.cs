namespace Latlab.Boot.Tests;

/// <summary>The machine is what the tests of boot arguments need: a node that is rebooted by its own boot loader and comes back.</summary>
public sealed class MachineTests(BootFixture cluster)
{
    private const string DropIn = "/etc/default/grub.d/90_test.cfg";

    [Fact]
    public async Task It_is_a_ready_node_and_runs_the_agent()
    {
        var node = await cluster.Vm.NodeAsync();
        Assert.Equal("True", node.Condition("Ready"));
        Assert.Equal("true", (string?)node["metadata"]!["labels"]!["latlab.dev/boot-vm"]);
        Assert.Equal(await cluster.Vm.ReadAsync("/proc/sys/kernel/random/boot_id"), await cluster.Vm.BootIdAsync());

        var agent = await AgentAsync();
        Assert.Contains(" ", await cluster.Kubectl.RunAsync("logs", "--namespace", "latlab-system", agent), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_reboot_its_node_is_ready_again_with_a_new_boot_id()
    {
        var boots = await cluster.Vm.BootsAsync();
        var boot = await cluster.Vm.RebootAsync();

        Assert.Equal(await cluster.Vm.ReadAsync("/proc/sys/kernel/random/boot_id"), boot);
        Assert.Equal(boots + 1, await cluster.Vm.BootsAsync());
        await AgentAsync();
    }

    [Fact]
    public async Task Arguments_of_a_drop_in_are_in_effect_after_a_reboot_and_gone_after_the_next()
    {
        var before = await cluster.Vm.CommandLineAsync();
        await cluster.Vm.WriteAsync(DropIn, "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX isolcpus=2-3 nohz_full=2-3 rcu_nocbs=2-3 hugepages=64\"\n");
        try
        {
            await cluster.Vm.RunAsync("update-grub");
            await cluster.Vm.RebootAsync();

            Assert.Equal($"{before} isolcpus=2-3 nohz_full=2-3 rcu_nocbs=2-3 hugepages=64", await cluster.Vm.CommandLineAsync());
            Assert.Equal("2-3", await cluster.Vm.ReadAsync("/sys/devices/system/cpu/isolated"));
            Assert.Equal("2-3", await cluster.Vm.ReadAsync("/sys/devices/system/cpu/nohz_full"));
            Assert.Equal("64", await cluster.Vm.ReadAsync("/proc/sys/vm/nr_hugepages"));
            Assert.Contains("Offload RCU callbacks from CPUs: 2-3.", await cluster.Vm.RunAsync("dmesg"), StringComparison.Ordinal);
            Assert.Equal("128Mi", (string?)(await cluster.Vm.NodeAsync())["status"]!["capacity"]!["hugepages-2Mi"]);
        }
        finally
        {
            await cluster.Vm.RunAsync("rm", DropIn);
            await cluster.Vm.RunAsync("update-grub");
            await cluster.Vm.RebootAsync();
        }

        Assert.Equal(before, await cluster.Vm.CommandLineAsync());
        Assert.Equal("", await cluster.Vm.ReadAsync("/sys/devices/system/cpu/isolated"));
    }

    /// <summary>
    /// Debian's update-grub makes a new file beside the one that boots, and copies it over that one as its last act. This kills it before;
    /// in the middle of the copy half a menu would be left, which is why latlab does not use it.
    /// </summary>
    [Fact]
    public async Task It_boots_when_the_power_failed_in_the_middle_of_update_grub()
    {
        var before = await cluster.Vm.BootIdAsync();
        var update = cluster.Vm.TryRunAsync("update-grub");
        await Eventually.TrueAsync(
            "update-grub to be at work", TimeSpan.FromMinutes(1), async () => (await cluster.Vm.TryRunAsync("test", "-s", "/boot/grub/grub.cfg.new")).ExitCode == 0);
        await cluster.Vm.KillAsync();
        Assert.NotEqual(0, (await update).ExitCode);

        await cluster.Vm.StartAsync();
        Assert.NotEqual(before, await cluster.Vm.BootIdAsync());
        await cluster.Vm.RunAsync("update-grub");
    }

    /// <summary>Waits until the agent's pod on the machine is ready in this boot.</summary>
    private Task<string> AgentAsync() => Eventually.GetAsync(
        $"the agent on {BootVm.Node} to be ready",
        TimeSpan.FromMinutes(10),
        async () => (await cluster.Kubectl.ListAsync("pods", "latlab-system")).FirstOrDefault(pod =>
            (string?)pod!["spec"]!["nodeName"] == BootVm.Node && pod.Condition("Ready") == "True") is { } pod ? (string)pod["metadata"]!["name"]! : null,
        () => cluster.Kubectl.RunAsync("describe", "pods", "--namespace", "latlab-system"));
}
