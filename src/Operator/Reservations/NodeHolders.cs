using k8s.Models;
using Latlab.Operator.Entities;
using Latlab.Operator.Runs;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Reservations;

/// <summary>Which nodes runs hold, by the informers' caches. A Lease whose run has ended or is gone holds nothing.</summary>
[EntityRbac(typeof(V1Lease), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch, Scope = RbacScope.RunNamespace)]
[EntityRbac(typeof(V1Alpha1LatencyRun), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch)]
internal sealed class NodeHolders(IEntityCache<V1Lease> leases, IEntityCache<V1Alpha1LatencyRun> runs, OperatorSettings settings)
{
    /// <summary>The Lease of a node; null when there is none.</summary>
    public V1Lease? LeaseOf(string nodeName) => leases.Get(settings.RunsNamespace, NodeReservation.LeaseName(nodeName));

    /// <summary>Whether a run that has not ended holds the node.</summary>
    public bool IsHeld(string nodeName) => LeaseOf(nodeName) is var lease && NodeReservation.IsHeld(lease) && NodeReservation.RebootOf(lease) is null && !IsStale(lease);

    /// <summary>
    /// Whether the run that holds the Lease has ended or is gone. One that was just made may not be in the cache, but then it holds no
    /// Lease either.
    /// </summary>
    public bool IsStale(V1Lease? lease) => NodeReservation.IsStale(lease, lease?.Spec?.HolderIdentity is { } uid ? runs.WithUid(uid) : null);
}
