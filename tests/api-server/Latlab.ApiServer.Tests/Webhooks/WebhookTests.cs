using System.Net;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Latlab.ApiServer.Tests.Runtime;
using Latlab.Crds;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;
using Latlab.Operator.Webhooks.Certificates;
using Microsoft.Extensions.Time.Testing;
using Testing;

namespace Latlab.ApiServer.Tests.Webhooks;

/// <summary>
/// What a real API server makes of the chart's webhook. It is about every TunedNode of the server, so these tests run alone.
/// </summary>
[Collection(nameof(RunsAlone))]
public sealed class WebhookTests(ApiServerFixture fixture)
{
    private const string TunedNodes = "tunednodes";
    private const string Unreachable = "the API server of a given KUBECONFIG may have no way to this machine";

    private static readonly TunedNodeSpec Good = new() { NodeName = "none", Cpu = new CpuTuning { Isolated = "1-3" } };
    private static readonly TunedNodeSpec Bad = new() { NodeName = "none", Cpu = new CpuTuning { Isolated = "0-3" } };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ICustomObjectsOperations Objects => fixture.Server.Client.CustomObjects;

    [Fact]
    public async Task A_wrong_TunedNode_is_refused_with_field_and_remedy_and_a_good_one_is_let_in()
    {
        Assert.SkipUnless(fixture.Server.CanRestart, Unreachable);
        await using var webhook = await WebhookOnServer.InstallAsync(fixture.Server);
        await webhook.StartAsync();
        await HeardAsync();
        var name = NewName();

        var refused = await Assert.ThrowsAsync<HttpOperationException>(() => CreateAsync(name, Bad));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Response.StatusCode);
        var status = JsonNode.Parse(refused.Response.Content)!;
        Assert.Equal("Invalid", (string?)status["reason"]);
        Assert.Equal(
            "admission webhook \"tunednode.latlab.dev\" denied the request: spec.cpu.isolated: \"0-3\" has CPU 0, which the kernel needs for its own work; "
            + "leave CPU 0 out",
            (string?)status["message"]);
        Assert.Equal(("TunedNode", name), ((string?)status["details"]!["kind"], (string?)status["details"]!["name"]));
        Assert.Equal("spec.cpu.isolated", (string?)status["details"]!["causes"]![0]!["field"]);

        await CreateAsync(name, Good);
        try
        {
            refused = await Assert.ThrowsAsync<HttpOperationException>(() => PatchAsync(name, new { spec = new { cpu = new { isolated = "0-3" } } }));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Response.StatusCode);
            await PatchAsync(name, new { spec = new { cpu = new { isolated = "2-3" } } });
        }
        finally
        {
            await DeleteAsync(name);
        }
    }

    [Fact]
    public async Task While_nobody_answers_wishes_wait_and_all_else_goes_on_and_no_wrong_spec_of_old_keeps_an_object_from_going()
    {
        Assert.SkipUnless(fixture.Server.CanRestart, Unreachable);
        var (old, going) = (NewName(), NewName());
        await CreateAsync(old, Bad);
        await CreateAsync(going, Bad, "latlab.dev/test");
        await using (var webhook = await WebhookOnServer.InstallAsync(fixture.Server))
        {
            var refused = await Eventually.GetAsync(() => RefusalAsync(Good), "nobody answers, so it is refused");
            Assert.Contains("tunednode.latlab.dev", refused.Response.Content, StringComparison.Ordinal);

            await Objects.PatchClusterCustomObjectStatusAsync(
                new V1Patch("""{"status":{"matchedNodes":1}}""", V1Patch.PatchType.MergePatch), ApiGroup.Name, ApiGroup.Version, TunedNodes, old,
                cancellationToken: Token);
            await Objects.DeleteClusterCustomObjectAsync(ApiGroup.Name, ApiGroup.Version, TunedNodes, going, cancellationToken: Token);
            Assert.NotNull((await GetAsync(going))!.Metadata.DeletionTimestamp);
            var tuning = new V1Alpha1NodeTuning
            {
                Metadata = new V1ObjectMeta { Name = going },
                Spec = new NodeTuningSpec { TunedNode = new TunedNodeReference { Name = going, Uid = "uid", Generation = 1 } },
            };
            await Objects.CreateClusterCustomObjectAsync(ApiJson.ToElement(tuning), ApiGroup.Name, ApiGroup.Version, "nodetunings", cancellationToken: Token);
            await Objects.DeleteClusterCustomObjectAsync(ApiGroup.Name, ApiGroup.Version, "nodetunings", going, cancellationToken: Token);

            await webhook.StartAsync();
            await HeardAsync();

            await PatchAsync(old, new { metadata = new { labels = new { team = "blue" } } });
            await PatchAsync(going, new { metadata = new { finalizers = Array.Empty<string>() } });
            Assert.Null(await GetAsync(going));
        }

        await DeleteAsync(old);
    }

    [Fact]
    public async Task An_emptied_bundle_is_written_again()
    {
        Assert.SkipUnless(fixture.Server.CanRestart, Unreachable);
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var webhook = await WebhookOnServer.InstallAsync(fixture.Server);
        await webhook.StartAsync(time);
        var told = await webhook.BundleAsync();
        await webhook.TellAsync(null);
        await Eventually.GetAsync(() => RefusalAsync(Good), "without a bundle nobody is let in");

        await PassAsync(
            time, CertificateKeeper.Interval, async () => (await webhook.BundleAsync())?.SequenceEqual(told!) == true, "the bundle is there again");
        await Eventually.TrueAsync(async () => await TryAsync(), "TunedNodes are let in");
    }

    [Fact]
    public async Task Authority_and_certificate_are_renewed_and_meanwhile_no_request_is_refused()
    {
        Assert.SkipUnless(fixture.Server.CanRestart, Unreachable);
        // All of it was made in the past, so that it is good now.
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(-250));
        await using var webhook = await WebhookOnServer.InstallAsync(fixture.Server);
        await webhook.StartAsync(time);
        var first = webhook.Serving.Current;
        await PassAsync(time, TimeSpan.FromDays(200), () => Task.FromResult(!Equals(webhook.Serving.Current, first)), "the certificate is renewed");
        var second = webhook.Serving.Current!;
        var oneAuthority = await webhook.BundleAsync();

        await Eventually.TrueAsync(async () => await TryAsync(), "TunedNodes are let in");
        using var over = new CancellationTokenSource();
        var asking = AskAsync(over.Token);
        await PassAsync(
            time, TimeSpan.FromDays(44), async () => !(await webhook.BundleAsync())!.SequenceEqual(oneAuthority!), "the API server is told of a second authority");
        Assert.Equal(second, webhook.Serving.Current);
        await PassAsync(
            time, TimeSpan.FromMinutes(2), () => Task.FromResult(!Equals(webhook.Serving.Current, second)), "the second authority's certificate is served");
        var both = await webhook.BundleAsync();
        await over.CancelAsync();
        Assert.InRange(await asking, 1, int.MaxValue);

        // Trusting the new authority alone, the API server connects anew.
        var newest = CertificateSet.Read((await webhook.SecretAsync()).Data).Authorities[0];
        await webhook.TellAsync(System.Text.Encoding.ASCII.GetBytes(newest.ExportCertificatePem()));
        await Eventually.TrueAsync(async () => await TryAsync(), "the new authority's certificate is good by itself");
        Assert.Equal(2, CertificateSet.Read(new Dictionary<string, byte[]> { ["ca.crt"] = both! }).Authorities.Count);
    }

    private static string NewName() => $"webhook-{Guid.NewGuid():N}"[..20];

    /// <summary>Lets time pass until something comes of it.</summary>
    private static async Task PassAsync(FakeTimeProvider time, TimeSpan passes, Func<Task<bool>> until, string what)
    {
        time.Advance(passes);
        await Eventually.TrueAsync(
            async () =>
            {
                time.Advance(CertificateKeeper.ShortInterval);
                return await until();
            },
            what);
    }

    /// <summary>Asks as fast as the server answers; an answer that is none is thrown. Returns how many there were.</summary>
    private async Task<int> AskAsync(CancellationToken until)
    {
        var answers = 0;
        for (; !until.IsCancellationRequested; answers++)
        {
            await TryAsync();
        }

        return answers;
    }

    /// <summary>The API server hears of the webhook and its bundle a moment after they were written.</summary>
    private Task HeardAsync() => Eventually.TrueAsync(
        async () => (await RefusalAsync(Bad))?.Response.StatusCode == HttpStatusCode.UnprocessableEntity, "the API server asks the webhook");

    /// <summary>What the API server says against it now; null when it would take it.</summary>
    private async Task<HttpOperationException?> RefusalAsync(TunedNodeSpec spec)
    {
        try
        {
            await TryAsync(spec);
            return null;
        }
        catch (HttpOperationException exception)
        {
            return exception;
        }
    }

    /// <summary>Creates nothing, and is asked about all the same.</summary>
    private async Task<bool> TryAsync(TunedNodeSpec? spec = null)
    {
        await Objects.CreateClusterCustomObjectAsync(Entity(NewName(), spec ?? Good), ApiGroup.Name, ApiGroup.Version, TunedNodes, dryRun: "All", cancellationToken: Token);
        return true;
    }

    private async Task CreateAsync(string name, TunedNodeSpec spec, string? finalizer = null) =>
        await Objects.CreateClusterCustomObjectAsync(Entity(name, spec, finalizer), ApiGroup.Name, ApiGroup.Version, TunedNodes, cancellationToken: Token);

    private async Task PatchAsync(string name, object patch) => await Objects.PatchClusterCustomObjectAsync(
        new V1Patch(KubernetesJson.Serialize(patch), V1Patch.PatchType.MergePatch), ApiGroup.Name, ApiGroup.Version, TunedNodes, name, cancellationToken: Token);

    private async Task DeleteAsync(string name) =>
        await Objects.DeleteClusterCustomObjectAsync(ApiGroup.Name, ApiGroup.Version, TunedNodes, name, cancellationToken: Token);

    private async Task<V1Alpha1TunedNode?> GetAsync(string name)
    {
        try
        {
            return await Objects.GetClusterCustomObjectAsync<V1Alpha1TunedNode>(ApiGroup.Name, ApiGroup.Version, TunedNodes, name, Token);
        }
        catch (HttpOperationException exception) when (exception.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private static System.Text.Json.JsonElement Entity(string name, TunedNodeSpec spec, string? finalizer = null) => ApiJson.ToElement(new V1Alpha1TunedNode
    {
        Metadata = new V1ObjectMeta { Name = name, Finalizers = finalizer is null ? null : [finalizer] },
        Spec = spec,
    });
}
