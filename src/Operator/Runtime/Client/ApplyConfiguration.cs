using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>What of an object is sent to server-side apply: the caller's wishes, nothing that the server keeps itself.</summary>
internal static class ApplyConfiguration
{
    private static readonly string[] ServerOwned =
        ["managedFields", "resourceVersion", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "selfLink"];

    public static JsonObject Of<T>(T entity)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var json = ToObject(entity);
        var metadata = json["metadata"]!.AsObject();
        foreach (var field in ServerOwned)
        {
            metadata.Remove(field);
        }

        json.Remove("status");
        return json;
    }

    private static JsonObject ToObject<T>(T entity)
        where T : class, IKubernetesObject<V1ObjectMeta> => JsonObject.Create(ApiJson.ToElement(entity))!;
}
