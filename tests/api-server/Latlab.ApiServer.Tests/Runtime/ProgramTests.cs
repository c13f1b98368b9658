using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using k8s;
using Testing;

namespace Latlab.ApiServer.Tests.Runtime;

/// <summary>The operator's program as a pod runs it.</summary>
public sealed class ProgramTests(ApiServerFixture fixture)
{
    [Fact]
    public async Task SIGTERM_ends_it_with_success_and_its_Lease_free()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        var start = new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "latlab-operator.dll"), "run", $"--lease-namespace={ns.Name}", $"--runs-namespace={ns.Name}",
            "--run-image=none", "--forwarder-image=none", $"--port={FreePort()}",
        ])
        {
            RedirectStandardOutput = true,
        };
        if (fixture.Server.Kubeconfig is { } kubeconfig)
        {
            start.Environment["KUBECONFIG"] = kubeconfig;
        }

        using var program = Process.Start(start)!;
        var said = program.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await Eventually.TrueAsync(async () => !string.IsNullOrEmpty(await HolderAsync(ns.Name)), "it leads");
            using var kill = Process.Start("kill", ["-s", "TERM", program.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await program.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }
        finally
        {
            if (!program.HasExited)
            {
                program.Kill();
            }
        }

        Assert.True(program.ExitCode == 0, await said);
        Assert.True(string.IsNullOrEmpty(await HolderAsync(ns.Name)), await said);
    }

    private async Task<string?> HolderAsync(string @namespace) =>
        (await fixture.Server.Client.CoordinationV1.ListNamespacedLeaseAsync(@namespace)).Items.SingleOrDefault()?.Spec.HolderIdentity;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
