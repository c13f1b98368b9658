using k8s.Models;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Runs;

/// <summary>Takes run pods away: asks them to end, and lets those go that have.</summary>
[EntityRbac(typeof(V1Pod), Verbs = RbacVerb.Get | RbacVerb.Patch | RbacVerb.Delete, Scope = RbacScope.RunNamespace)]
[EntityRbac(typeof(V1Node), Verbs = RbacVerb.Get)]
internal sealed class RunPodCollector(IEntityClient client, OperatorSettings settings, TimeProvider clock)
{
    public Task EndAsync(string podName, CancellationToken cancellationToken) =>
        client.DeleteAsync<V1Pod>(settings.RunsNamespace, podName, uid: null, cancellationToken);

    /// <summary>
    /// Asks again, with less grace, which makes kubelet look again. It can miss a deletion that comes while it starts the container (seen
    /// with 1.20), and then lets it run until its next look at all pods, a minute and more later.
    /// </summary>
    public Task HurryAsync(string podName, CancellationToken cancellationToken) =>
        client.DeleteAsync<V1Pod>(settings.RunsNamespace, podName, uid: null, cancellationToken, gracePeriodSeconds: 1);

    /// <summary>
    /// Removes a pod of which nothing is left on its node, by what the API server itself knows: kubelet would take seconds more to do so.
    /// False when it must stay. That its report was read is a commit: not to be cancelled half-way.
    /// </summary>
    public async Task<bool> TryLetGoAsync(string podName, CancellationToken cancellationToken)
    {
        if (await client.GetAsync<V1Pod>(settings.RunsNamespace, podName, cancellationToken) is not { } pod)
        {
            return true;
        }

        var state = PodState.From(pod)!;
        if (!state.MayGo(nodeExists: true, clock.GetUtcNow()) && await NodeExistsAsync(pod, cancellationToken))
        {
            return false;
        }

        await client.RemoveFinalizerAsync(pod, RunPodNames.Finalizer, CancellationToken.None);
        await client.DeleteAsync<V1Pod>(settings.RunsNamespace, podName, pod.Metadata.Uid, CancellationToken.None, gracePeriodSeconds: 0);
        return true;
    }

    private async Task<bool> NodeExistsAsync(V1Pod pod, CancellationToken cancellationToken) =>
        pod.Spec?.NodeName is not { Length: > 0 } node || await client.GetAsync<V1Node>(null, node, cancellationToken) is not null;
}
