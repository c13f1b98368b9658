using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Commands;

/// <summary>
/// Lists and deletes objects of kinds that are in an API group, and does not give up when the API server has a bad moment: a hook that
/// fails leaves a cluster half uninstalled.
/// </summary>
/// <param name="kubernetes">Connection.</param>
/// <param name="interval">Time between attempts; how many there are, the caller's token says.</param>
/// <param name="time">Clock.</param>
internal sealed class PatientApi(IKubernetes kubernetes, TimeSpan interval, TimeProvider time)
{
    /// <summary>All objects of a kind.</summary>
    public async Task<IList<T>> ListAsync<T>(CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var kind = EntityKind.Of<T>();
        var list = await TryAsync(
            token => kubernetes.CustomObjects.ListClusterCustomObjectAsync<ListOf<T>>(kind.Group, kind.Version, kind.Plural, cancellationToken: token),
            cancellationToken);
        return list.Items;
    }

    /// <summary>Asks for the deletion of an object that may be gone already.</summary>
    public async Task DeleteAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var kind = EntityKind.Of<T>();
        var (@namespace, name) = EntityKey.Of(entity);
        try
        {
            await TryAsync(
                token => @namespace is null
                    ? kubernetes.CustomObjects.DeleteClusterCustomObjectAsync(kind.Group, kind.Version, kind.Plural, name, cancellationToken: token)
                    : kubernetes.CustomObjects.DeleteNamespacedCustomObjectAsync(kind.Group, kind.Version, @namespace, kind.Plural, name, cancellationToken: token),
                cancellationToken);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            // Somebody else deleted it in between: that is what we want.
        }
    }

    private async Task<T> TryAsync<T>(Func<CancellationToken, Task<T>> request, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await request(cancellationToken);
            }
            catch (Exception e) when (IsPassing(e) && !cancellationToken.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync($"latlab-operator uninstall: trying again: {e.Message}");
            }

            await Task.Delay(interval, time, cancellationToken);
        }
    }

    private static bool IsPassing(Exception exception) => exception switch
    {
        HttpOperationException http => http.Response.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError,
        // The last one is the HTTP client's own time-out.
        _ => exception is HttpRequestException or IOException or OperationCanceledException,
    };

    private sealed record ListOf<T>
    {
        public IList<T> Items { get; init; } = [];
    }
}
