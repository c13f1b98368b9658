using k8s;
using k8s.Models;
using Latlab.Crds;
using Testing;

namespace Latlab.ApiServer.Tests.Runtime;

/// <summary>The whole operator, which takes up everybody's objects: these tests run alone.</summary>
[Collection(nameof(RunsAlone))]
public sealed class ProgramTests(ApiServerFixture fixture)
{
    private const string TunedNodes = "tunednodes";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SIGTERM_ends_it_with_success_and_its_Lease_free()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        await using var program = OperatorProgram.Start(fixture.Server.Kubeconfig, ns.Name);
        await Eventually.TrueAsync(async () => !string.IsNullOrEmpty(await HolderAsync(ns)), "it leads");

        program.Terminate();

        Assert.True(await program.EndedAsync(Token) == 0, program.Said);
        Assert.True(string.IsNullOrEmpty(await HolderAsync(ns)), program.Said);
    }

    [Fact]
    public async Task SIGTERM_lets_a_reconcile_that_takes_its_time_finish_and_its_log_says_which_one_it_was()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        var name = $"slow-{ns.Name}";
        var asked = new TaskCompletionSource();
        var mayGoOn = new TaskCompletionSource();
        var renewals = 0;
        await using var proxy = await ApiProxy.StartAsync(fixture.Server, async request =>
        {
            if (request.Method == "PUT" && request.Path.Value!.EndsWith($"/{TunedNodes}/{name}/status", StringComparison.Ordinal))
            {
                asked.TrySetResult();
                await mayGoOn.Task;
                return 500;
            }

            if (request.Method == "PUT" && request.Path.Value!.Contains("/leases/", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref renewals);
            }

            return null;
        });
        var custom = fixture.Server.Client.CustomObjects;
        await custom.CreateClusterCustomObjectAsync(
            new { apiVersion = $"{ApiGroup.Name}/{ApiGroup.Version}", kind = "TunedNode", metadata = new { name }, spec = new { nodeName = "nowhere" } },
            ApiGroup.Name, ApiGroup.Version, TunedNodes);
        try
        {
            await using var program = OperatorProgram.Start(proxy.Kubeconfig, ns.Name);
            await Eventually.TrueAsync(() => asked.Task.IsCompleted, "the status is written");

            program.Terminate();
            // It stays the leader, and renews every two seconds, for as long as the reconcile takes.
            var before = Volatile.Read(ref renewals);
            await Eventually.TrueAsync(() => Volatile.Read(ref renewals) >= before + 2, "it goes on renewing its Lease");
            Assert.False(string.IsNullOrEmpty(await HolderAsync(ns)), program.Said);
            mayGoOn.SetResult();

            Assert.True(await program.EndedAsync(Token) == 0, program.Said);
            Assert.True(string.IsNullOrEmpty(await HolderAsync(ns)), program.Said);
            Assert.Contains($"TunedNodeController {name} generation 1 reconcile ", program.Said, StringComparison.Ordinal);
        }
        finally
        {
            mayGoOn.TrySetResult();
            await custom.PatchClusterCustomObjectAsync(
                new V1Patch("""{"metadata":{"finalizers":null}}""", V1Patch.PatchType.MergePatch), ApiGroup.Name, ApiGroup.Version, TunedNodes, name);
            await custom.DeleteClusterCustomObjectAsync(ApiGroup.Name, ApiGroup.Version, TunedNodes, name);
        }
    }

    private async Task<string?> HolderAsync(TestNamespace ns) =>
        (await fixture.Server.Client.CoordinationV1.ListNamespacedLeaseAsync(ns.Name)).Items.SingleOrDefault()?.Spec.HolderIdentity;
}
