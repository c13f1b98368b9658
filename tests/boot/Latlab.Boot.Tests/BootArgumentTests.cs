namespace Latlab.Boot.Tests;

/// <summary>What a TunedNode does to the boot of a real machine: by its own GRUB, into its own kernel, and out again.</summary>
public sealed class BootArgumentTests(BootFixture cluster)
{
    private const string Name = "boot";
    private const string DropIn = "/etc/default/grub.d/99_latlab.cfg";
    private const string Menu = "/boot/grub/grub.cfg";

    /// <summary>Drain, shutdown, boot, kubelet and agent, on an emulated machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    [Fact]
    public async Task They_come_into_effect_by_one_reboot_that_the_operator_grants_and_leave_by_another()
    {
        var (before, boot, boots) = (await cluster.Vm.CommandLineAsync(), await cluster.Vm.BootIdAsync(), await cluster.Vm.BootsAsync());
        var menu = await cluster.Vm.ReadAsync(Menu);
        await cluster.Kubectl.ApplyAsync(await WorkAsync());
        await WorkIsReadyAsync();
        await cluster.Kubectl.ApplyAsync(TunedNode("isolcpus=2-3", "nohz_full=2-3", "rcu_nocbs=2-3", "hugepagesz=2M hugepages=64"));

        // Emptied before it goes down.
        await Eventually.TrueAsync(
            "the node to be cordoned", Patience, async () => (bool?)(await cluster.Vm.NodeAsync())["spec"]!["unschedulable"] == true, DescribeAsync);
        await cluster.Vm.NextBootAsync(boot);
        await EffectiveAsync();

        const string block = "isolcpus=2-3 nohz_full=2-3 rcu_nocbs=2-3 hugepagesz=2M hugepages=64";
        Assert.Equal($"{before} {block}", await cluster.Vm.CommandLineAsync());
        Assert.Equal("2-3", await cluster.Vm.ReadAsync("/sys/devices/system/cpu/isolated"));
        Assert.Equal("2-3", await cluster.Vm.ReadAsync("/sys/devices/system/cpu/nohz_full"));
        Assert.Equal("64", await cluster.Vm.ReadAsync("/proc/sys/vm/nr_hugepages"));
        Assert.Contains(block, await cluster.Vm.ReadAsync(DropIn), StringComparison.Ordinal);
        Assert.Equal(boots + 1, await cluster.Vm.BootsAsync());

        // Given back to its work, which comes again.
        await Eventually.TrueAsync(
            "the node to be uncordoned", Patience, async () => (await cluster.Vm.NodeAsync())["spec"]!["unschedulable"] is null, DescribeAsync);
        await WorkIsReadyAsync();

        await cluster.Kubectl.RunAsync("delete", "tunednode", Name, "--wait=false");
        await GoneAsync();
        Assert.Equal(before, await cluster.Vm.CommandLineAsync());
        Assert.Equal(menu, await cluster.Vm.ReadAsync(Menu));
        Assert.NotEqual(0, (await cluster.Vm.TryRunAsync("test", "-e", DropIn)).ExitCode);
        Assert.Equal(boots + 2, await cluster.Vm.BootsAsync());
        await Eventually.TrueAsync(
            "the node to be uncordoned", Patience, async () => (await cluster.Vm.NodeAsync())["spec"]!["unschedulable"] is null, DescribeAsync);
        await cluster.Kubectl.RunAsync("delete", "deployment", "work");
    }

    [Fact]
    public async Task One_that_the_kernel_drops_costs_one_reboot_and_no_more()
    {
        var (boot, boots) = (await cluster.Vm.BootIdAsync(), await cluster.Vm.BootsAsync());
        // Ubuntu's kernels have it, Debian's do not: the kernel says so in its log, and goes on without.
        await cluster.Kubectl.ApplyAsync(TunedNode("kthread_cpus=0-1"));
        await cluster.Vm.NextBootAsync(boot);
        await Eventually.TrueAsync(
            "the rollout to be stopped",
            Patience,
            async () => (await cluster.Kubectl.GetAsync("tn", Name)).Condition("RebootPending", "message")?.Contains("kthread_cpus", StringComparison.Ordinal) == true,
            DescribeAsync);

        var tuning = (await cluster.Kubectl.GetAsync("ntn", BootVm.Node))!;
        var entry = Assert.Single(tuning["status"]!["ledger"]!.AsArray(), entry => (string?)entry!["knob"] == "kernel.arguments[kthread_cpus]")!;
        Assert.Equal("Unsupported", (string?)entry["state"]);
        Assert.Equal("False", tuning.Condition("RebootRequired"));
        Assert.Null((await cluster.Vm.NodeAsync())["spec"]!["unschedulable"]);

        await cluster.Kubectl.RunAsync("delete", "tunednode", Name, "--wait=false");
        await GoneAsync();
        // Whether the way back took a reboot is the operator's to decide; no more than that one.
        Assert.InRange(await cluster.Vm.BootsAsync(), boots + 1, boots + 2);
        Assert.DoesNotContain("kthread_cpus", await cluster.Vm.ReadAsync(Menu), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_boots_when_the_power_failed_while_the_menu_was_made_and_the_agent_goes_on()
    {
        var menu = await cluster.Vm.ReadAsync(Menu);
        await cluster.Kubectl.ApplyAsync(TunedNode(reboot: false, "skew_tick=1"));
        await Eventually.TrueAsync(
            "the new menu to be begun", Patience, async () => (await cluster.Vm.TryRunAsync("test", "-s", Menu + ".latlab.new")).ExitCode == 0, DescribeAsync);
        await cluster.Vm.KillAsync();
        await cluster.Vm.StartAsync();

        await Eventually.TrueAsync(
            "the agent to go on",
            Patience,
            async () => (await cluster.Kubectl.GetAsync("ntn", BootVm.Node)).Condition("RebootRequired") == "True",
            DescribeAsync);
        Assert.Contains("skew_tick=1", await cluster.Vm.ReadAsync(Menu), StringComparison.Ordinal);
        await cluster.Kubectl.RunAsync("delete", "tunednode", Name, "--wait=false");
        await GoneAsync();
        Assert.Equal(menu, await cluster.Vm.ReadAsync(Menu));
    }

    private Task EffectiveAsync() => Eventually.TrueAsync(
        "every knob to be in effect", Patience, async () => (await cluster.Kubectl.GetAsync("tn", Name)).Condition("Effective") == "True", DescribeAsync);

    private Task GoneAsync() => Eventually.TrueAsync(
        "the TunedNode to be gone", Patience, async () => await cluster.Kubectl.GetAsync("tn", Name) is null, DescribeAsync);

    private Task WorkIsReadyAsync() => Eventually.TrueAsync(
        "the work to be ready",
        Patience,
        async () => (int?)(await cluster.Kubectl.GetAsync("deployment", "work", "default"))?["status"]?["readyReplicas"] == 1,
        () => cluster.Kubectl.RunAsync("describe", "pods", "--selector=app=work"));

    private Task<string> DescribeAsync() => cluster.Kubectl.RunAsync("describe", "tn,ntn");

    private static string TunedNode(params string[] arguments) => TunedNode(reboot: true, arguments);

    private static string TunedNode(bool reboot, params string[] arguments) => $$"""
        apiVersion: latlab.dev/v1alpha1
        kind: TunedNode
        metadata: { name: {{Name}} }
        spec:
          nodeName: {{BootVm.Node}}
          kernel: { arguments: [{{string.Join(", ", arguments)}}] }
          boot: { apply: {{(reboot ? "Automatic" : "StageOnly")}} }
          disruption: { reboot: {{(reboot ? "WhenRequired" : "Never")}}, rebootTimeout: 15m, drain: { timeout: 5m } }
        """;

    /// <summary>A Deployment with a pod on the machine, from an image that is there.</summary>
    private async Task<string> WorkAsync()
    {
        var agents = (await cluster.Kubectl.GetAsync("daemonset", "latlab-agent", "latlab-system"))!;
        return $$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: work, namespace: default }
            spec:
              selector: { matchLabels: { app: work } }
              template:
                metadata: { labels: { app: work } }
                spec:
                  nodeSelector: { kubernetes.io/hostname: {{BootVm.Node}} }
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: sleep
                    image: {{(string)agents["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]!}}
                    imagePullPolicy: IfNotPresent
                    command: [sleep, infinity]
            """;
    }
}
