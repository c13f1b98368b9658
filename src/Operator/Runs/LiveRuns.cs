using k8s.Models;
using Latlab.Operator.Entities;
using Latlab.Operator.Reservations;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Runs;

/// <summary>Asks the API server itself before something is given up for good: what is not in a cache need not be gone.</summary>
[EntityRbac(typeof(V1Alpha1LatencyRun), Verbs = RbacVerb.Get)]
[EntityRbac(typeof(V1Pod), Verbs = RbacVerb.Get, Scope = RbacScope.RunNamespace)]
[EntityRbac(typeof(V1Lease), Verbs = RbacVerb.Get, Scope = RbacScope.RunNamespace)]
internal sealed class LiveRuns(IEntityClient client, OperatorSettings settings)
{
    /// <summary>Whether the run is still as <paramref name="known"/>, to the last field.</summary>
    public async Task<bool> IsUnchangedAsync(V1Alpha1LatencyRun known, CancellationToken cancellationToken) =>
        await client.GetAsync<V1Alpha1LatencyRun>(known.Metadata.NamespaceProperty, known.Metadata.Name, cancellationToken) is { } live
        && live.Metadata.Uid == known.Metadata.Uid
        && live.Metadata.ResourceVersion == known.Metadata.ResourceVersion;

    /// <summary>The run of that name, if it still is the one of that UID.</summary>
    public async Task<V1Alpha1LatencyRun?> FindAsync(EntityKey key, string uid, CancellationToken cancellationToken) =>
        await client.GetAsync<V1Alpha1LatencyRun>(key.Namespace, key.Name, cancellationToken) is { } live && live.Metadata.Uid == uid ? live : null;

    public async Task<bool> HasPodsAsync(string runUid, CancellationToken cancellationToken)
    {
        foreach (var role in Enum.GetValues<RunRole>())
        {
            if (await client.GetAsync<V1Pod>(settings.RunsNamespace, RunPodNames.For(role, runUid), cancellationToken) is not null)
            {
                return true;
            }
        }

        return false;
    }

    public async Task<bool> HoldsNodeAsync(V1Alpha1LatencyRun run, CancellationToken cancellationToken) => NodeReservation.IsHeldBy(
        await client.GetAsync<V1Lease>(settings.RunsNamespace, NodeReservation.LeaseName(run.Spec.NodeName), cancellationToken), run.Metadata.Uid);
}
