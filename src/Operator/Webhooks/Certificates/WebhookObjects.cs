using System.Net;
using k8s;
using k8s.Models;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Webhooks.Certificates;

/// <inheritdoc/>
/// <remarks>
/// Not by <see cref="IEntityClient"/>, which writes for the leader only: a new replica must become ready beside an old one that leads and
/// has no webhook yet. Whoever writes on stale knowledge is refused by the resource version instead.
/// </remarks>
[EntityRbac(typeof(V1Secret), Verbs = RbacVerb.Create, Scope = RbacScope.OperatorNamespace)]
[EntityRbac(typeof(V1Secret), Verbs = RbacVerb.Get | RbacVerb.Update, Scope = RbacScope.OperatorNamespace, Name = WebhookNames.Object)]
[EntityRbac(typeof(V1ValidatingWebhookConfiguration), Verbs = RbacVerb.Get | RbacVerb.Patch, Name = WebhookNames.Object)]
internal sealed class WebhookObjects(ApiConnection connection, OperatorRuntimeOptions options, WebhookSettings settings) : IWebhookObjects
{
    public Task<V1Secret?> SecretAsync(CancellationToken cancellationToken) => GetAsync<V1Secret>(settings.Namespace, cancellationToken);

    public Task<V1ValidatingWebhookConfiguration?> ConfigurationAsync(CancellationToken cancellationToken) =>
        GetAsync<V1ValidatingWebhookConfiguration>(null, cancellationToken);

    public Task<bool> TryWriteAsync(V1Secret secret, CancellationToken cancellationToken) => secret.Metadata.ResourceVersion is null
        ? TryAsync(HttpMethod.Post, EntityKind.Of<V1Secret>().CollectionPath(settings.Namespace), ApiBody.Object(secret), cancellationToken)
        : TryAsync(HttpMethod.Put, PathOf<V1Secret>(settings.Namespace), ApiBody.Object(secret), cancellationToken);

    public Task<bool> TryTellAsync(V1ValidatingWebhookConfiguration configuration, byte[] bundle, CancellationToken cancellationToken)
    {
        // A patch, and not the whole object: it may have fields that this program does not know. Webhooks are merged by their names.
        var patch = new
        {
            metadata = new { resourceVersion = configuration.Metadata.ResourceVersion },
            webhooks = configuration.Webhooks.Select(w => new { name = w.Name, clientConfig = new { caBundle = bundle } }),
        };
        return TryAsync(HttpMethod.Patch, PathOf<V1ValidatingWebhookConfiguration>(null), ApiBody.StrategicMergePatch(patch), cancellationToken);
    }

    private async Task<T?> GetAsync<T>(string? @namespace, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            return ApiJson.Deserialize<T>(await connection.SendAsync(HttpMethod.Get, PathOf<T>(@namespace), null, cancellationToken));
        }
        catch (ApiException exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private async Task<bool> TryAsync(HttpMethod method, string path, ApiBody body, CancellationToken cancellationToken)
    {
        try
        {
            await connection.SendAsync(method, $"{path}?fieldManager={Uri.EscapeDataString(options.FieldManager)}", body, cancellationToken);
            return true;
        }
        catch (ApiException exception) when (exception.StatusCode == HttpStatusCode.Conflict || IsGone(exception, method))
        {
            return false;
        }
    }

    /// <summary>Deleted since it was read. Of a creation it would mean that there is no such namespace.</summary>
    private static bool IsGone(ApiException exception, HttpMethod method) => exception.StatusCode == HttpStatusCode.NotFound && method != HttpMethod.Post;

    private static string PathOf<T>(string? @namespace)
        where T : IKubernetesObject<V1ObjectMeta> => EntityKind.Of<T>().ObjectPath(@namespace, WebhookNames.Object);
}
