namespace Latlab.EndToEnd.Tests;

/// <summary>The chart on a real cluster.</summary>
public sealed class InstallationTests(ClusterFixture cluster)
{
    [Fact]
    public async Task The_operators_rights_are_those_that_its_code_asks_for_and_run_pods_have_none()
    {
        async Task<string> CanAsync(string account, string verb, string resource, string @namespace) =>
            (await cluster.Kubectl.TryAsync("auth", "can-i", verb, resource, "--namespace", @namespace, $"--as=system:serviceaccount:{account}")).Output.Trim();

        Assert.Equal("yes", await CanAsync("latlab-system:latlab-operator", "create", "pods", "latlab-runs"));
        Assert.Equal("no", await CanAsync("latlab-system:latlab-operator", "create", "pods", "default"));
        Assert.Equal("no", await CanAsync("latlab-system:latlab-operator", "get", "secrets", "latlab-system"));
        Assert.Equal("yes", await CanAsync("latlab-system:latlab-operator", "get", "secrets/latlab-webhook", "latlab-system"));
        Assert.Equal("no", await CanAsync("latlab-system:latlab-operator", "create", "secrets", "default"));
        Assert.Equal("yes", await CanAsync("latlab-system:latlab-operator", "patch", "validatingwebhookconfigurations/latlab-webhook", "default"));
        Assert.Equal("no", await CanAsync("latlab-system:latlab-operator", "patch", "validatingwebhookconfigurations/other", "default"));
        Assert.Equal("no", await CanAsync("latlab-system:latlab-agent", "patch", "nodetunings", "default"));
        Assert.Equal("no", await CanAsync("latlab-system:latlab-agent", "get", "pods", "latlab-runs"));
        Assert.Equal("no", await CanAsync("latlab-runs:latlab-run", "get", "pods", "latlab-runs"));
    }

    [Fact]
    public async Task An_upgrade_leaves_the_webhooks_certificates_alone()
    {
        var before = await BundleAsync();
        Assert.NotEmpty(before);
        var upgraded = await cluster.HelmAsync(
            "upgrade", "latlab", ClusterFixture.InRepository("charts/latlab"), "--namespace", "latlab-system", "--reuse-values", "--set", "webhook.timeoutSeconds=6");
        Assert.True(upgraded.ExitCode == 0, upgraded.Errors);
        Assert.Equal(before, await BundleAsync());

        async Task<string> BundleAsync() => await cluster.Kubectl.RunAsync(
            "get", "validatingwebhookconfiguration", "latlab-webhook", "--output", "jsonpath={.webhooks[0].clientConfig.caBundle}");
    }

    [Fact]
    public async Task Uninstalling_restores_the_node_keeps_results_and_installing_again_works()
    {
        await using var testbed = await Testbed.CreateAsync(cluster);
        await cluster.Kubectl.ApplyAsync(testbed.Experiment("done"));
        await testbed.CompleteAsync("done");
        await cluster.Kubectl.ApplyAsync(testbed.Experiment("running", duration: "60s"));
        await testbed.PhaseAsync("running-1", "Measuring");

        try
        {
            await UninstallAsync(testbed);
        }
        finally
        {
            var installed = await ClusterFixture.ClusterScriptAsync("up");
            Assert.True(installed.ExitCode == 0, installed.Errors);
        }
    }

    private async Task UninstallAsync(Testbed testbed)
    {
        var uninstalled = await cluster.HelmAsync("uninstall", "latlab", "--namespace", "latlab-system", "--wait", "--timeout", "5m");
        Assert.True(uninstalled.ExitCode == 0, uninstalled.Errors);
        Assert.DoesNotContain("left-a", (await cluster.OnNodeAsync("ip", "-o", "link")).Output, StringComparison.Ordinal);
        Assert.Null(await cluster.Kubectl.GetAsync("tunednode", testbed.Name));
        await Eventually.TrueAsync(
            "the webhook's keys to be gone", TimeSpan.FromSeconds(60), async () => await cluster.Kubectl.GetAsync("secret", "latlab-webhook", "latlab-system") is null);
        Assert.Null(await cluster.Kubectl.GetAsync("lex", "running", testbed.Name));
        Assert.Equal("1/1", (string?)(await cluster.Kubectl.GetAsync("lex", "done", testbed.Name))!["status"]!["valid"]);
    }
}
