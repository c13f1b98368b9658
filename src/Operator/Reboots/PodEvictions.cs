using System.Net;
using System.Text.Json;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Reboots;

/// <inheritdoc/>
[EntityRbac(typeof(V1Pod), Verbs = RbacVerb.List, Scope = RbacScope.Reboots)]
[EntityRbac(typeof(V1Pod), Subresource = "eviction", Verbs = RbacVerb.Create, Scope = RbacScope.Reboots)]
internal sealed class PodEvictions(ApiConnection connection, Leadership leadership) : IPodEvictions
{
    private volatile string? _apiVersion;

    public async Task<IReadOnlyList<V1Pod>> ListAsync(string node, CancellationToken cancellationToken)
    {
        var path = $"{EntityKind.Of<V1Pod>().CollectionPath(null)}?fieldSelector={Uri.EscapeDataString($"spec.nodeName={node}")}";
        var list = ApiJson.Deserialize<V1PodList>(await connection.SendAsync(HttpMethod.Get, path, null, cancellationToken));
        return [.. list.Items ?? []];
    }

    public async Task<string?> EvictAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        var (name, @namespace) = (pod.Metadata.Name, pod.Metadata.NamespaceProperty);
        leadership.ThrowIfNotLeading($"evict {@namespace}/{name}");
        var eviction = new V1Eviction
        {
            ApiVersion = _apiVersion ??= await ApiVersionAsync(cancellationToken),
            Kind = "Eviction",
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = @namespace },
            // A new pod of that name is another one's.
            DeleteOptions = new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid } },
        };
        try
        {
            using var answer = await connection.Client.CoreV1.CreateNamespacedPodEvictionWithHttpMessagesAsync(
                eviction, name, @namespace, cancellationToken: cancellationToken);
            return null;
        }
        catch (HttpOperationException exception)
        {
            switch (exception.Response?.StatusCode)
            {
                // Gone, or another one of that name.
                case HttpStatusCode.NotFound or HttpStatusCode.Conflict:
                    return null;
                case HttpStatusCode.BadRequest or HttpStatusCode.UnsupportedMediaType:
                    // A server that was updated may have dropped the version.
                    _apiVersion = null;
                    break;
            }

            return $"pod {DrainRules.Name(pod)}: {Why(exception)}";
        }
    }

    /// <summary>
    /// The version in which this server takes evictions: <c>policy/v1beta1</c> up to Kubernetes 1.21, <c>policy/v1</c> from 1.22 on. That
    /// there is a <c>policy/v1</c> says nothing: 1.21 has it for PodDisruptionBudgets alone.
    /// </summary>
    private async Task<string> ApiVersionAsync(CancellationToken cancellationToken)
    {
        var answer = JsonElement.Parse(await connection.SendAsync(HttpMethod.Get, "api/v1", null, cancellationToken));
        var eviction = answer.GetProperty("resources").EnumerateArray()
            .FirstOrDefault(resource => resource.GetProperty("name").GetString() == "pods/eviction");
        return eviction.ValueKind == JsonValueKind.Object && eviction.TryGetProperty("version", out var version)
            ? $"policy/{version.GetString()}"
            : "policy/v1";
    }

    /// <summary>The server's reason: a PodDisruptionBudget is named only among the causes.</summary>
    private static string Why(HttpOperationException exception)
    {
        try
        {
            var status = KubernetesJson.Deserialize<V1Status>(exception.Response?.Content ?? "");
            var messages = status?.Details?.Causes?.Select(cause => cause.Message) ?? [];
            var causes = messages.Where(message => !string.IsNullOrEmpty(message)).ToList();
            return causes.Count > 0 ? $"PodDisruptionBudget: {string.Join("; ", causes)}" : status?.Message ?? exception.Message;
        }
        catch (JsonException)
        {
            return exception.Message;
        }
    }
}
