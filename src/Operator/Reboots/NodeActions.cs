using System.Net;
using k8s.Models;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Reboots;

/// <inheritdoc/>
[EntityRbac(typeof(V1Node), Verbs = RbacVerb.Get | RbacVerb.Patch, Scope = RbacScope.Reboots)]
internal sealed class NodeActions(ApiConnection connection, IEntityClient client, Leadership leadership) : INodeActions
{
    public async Task CordonAsync(string node, string tuningUid, CancellationToken cancellationToken)
    {
        if (await client.GetAsync<V1Node>(null, node, cancellationToken) is { } live && live.Spec?.Unschedulable != true)
        {
            await SetCordonAsync(live, unschedulable: true, tuningUid, cancellationToken);
        }
    }

    public async Task UncordonAsync(string node, string tuningUid, CancellationToken cancellationToken)
    {
        if (await client.GetAsync<V1Node>(null, node, cancellationToken) is { } live && CordonMark.Of(live) == tuningUid)
        {
            await SetCordonAsync(live, unschedulable: null, mark: null, cancellationToken);
        }
    }

    public async Task CountRebootAsync(string node, string? seen, string counted, CancellationToken cancellationToken)
    {
        if (await client.GetAsync<V1Node>(null, node, cancellationToken) is not { } live || RebootBudget.Text(live) == counted)
        {
            return;
        }

        if (RebootBudget.Text(live) != seen)
        {
            throw new ApiException(
                HttpStatusCode.Conflict, "Conflict", $"PATCH node {node}", $"{RebootBudget.Annotation} is not what the cache has");
        }

        var annotations = new Dictionary<string, string> { [RebootBudget.Annotation] = counted };
        var metadata = new { resourceVersion = live.Metadata.ResourceVersion, annotations };
        await PatchAsync(live, ApiBody.MergePatch(new { metadata }), cancellationToken);
    }

    public async Task TaintAsync(string node, CancellationToken cancellationToken)
    {
        if (await client.GetAsync<V1Node>(null, node, cancellationToken) is { } live && !StartupTaint.IsOn(live))
        {
            var taint = new { key = StartupTaint.Key, effect = StartupTaint.Effect };
            object add = live.Spec?.Taints is { Count: > 0 }
                ? new { op = "add", path = "/spec/taints/-", value = taint }
                : new { op = "add", path = "/spec/taints", value = new[] { taint } };
            await PatchAsync(live, ApiBody.JsonPatch([Unchanged(live), add]), cancellationToken);
        }
    }

    public async Task UntaintAsync(string node, CancellationToken cancellationToken)
    {
        if (await client.GetAsync<V1Node>(null, node, cancellationToken) is { } live && StartupTaint.IsOn(live))
        {
            // By their places, the last one first: what else the list holds is never written.
            var removals = live.Spec.Taints.Select((taint, place) => (taint, place)).Where(t => StartupTaint.Is(t.taint)).Reverse()
                .Select(t => (object)new { op = "remove", path = $"/spec/taints/{t.place}" });
            await PatchAsync(live, ApiBody.JsonPatch([Unchanged(live), .. removals]), cancellationToken);
        }
    }

    private Task SetCordonAsync(V1Node live, bool? unschedulable, string? mark, CancellationToken cancellationToken)
    {
        var annotations = new Dictionary<string, string?> { [CordonMark.Annotation] = mark };
        var patch = new Dictionary<string, object>
        {
            // The version makes the server refuse it when the node changed meanwhile.
            ["metadata"] = new Dictionary<string, object>
            {
                ["resourceVersion"] = live.Metadata.ResourceVersion,
                ["annotations"] = annotations,
            },
            ["spec"] = new Dictionary<string, bool?> { ["unschedulable"] = unschedulable },
        };
        return PatchAsync(live, ApiBody.MergePatch(patch), cancellationToken);
    }

    private static object Unchanged(V1Node live) =>
        new { op = "test", path = "/metadata/resourceVersion", value = live.Metadata.ResourceVersion };

    private async Task PatchAsync(V1Node live, ApiBody body, CancellationToken cancellationToken)
    {
        var path = EntityKind.Of<V1Node>().ObjectPath(null, live.Metadata.Name);
        leadership.ThrowIfNotLeading($"PATCH {path}");
        try
        {
            await connection.SendAsync(HttpMethod.Patch, path, body, cancellationToken);
        }
        catch (ApiException exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return;
        }
        catch (ApiException exception) when (
            exception.StatusCode == HttpStatusCode.UnprocessableEntity && body.MediaType.Contains("json-patch", StringComparison.Ordinal))
        {
            // The test of the version failed: the node changed meanwhile.
            throw new ApiException(HttpStatusCode.Conflict, "Conflict", $"PATCH {path}", exception.Message);
        }
    }
}
