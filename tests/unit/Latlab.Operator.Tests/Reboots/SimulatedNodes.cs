using System.Net;
using k8s.Models;
using Latlab.Operator.Reboots;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Tests.Reboots;

/// <summary>What the operator does to nodes, by the rules of <see cref="INodeActions"/>.</summary>
internal sealed class SimulatedNodes(SimulatedApi api, SimulatedClient client) : INodeActions
{
    public Task CordonAsync(string node, string tuningUid, CancellationToken cancellationToken) =>
        ChangeAsync(node, live => live.Spec.Unschedulable != true, live =>
        {
            live.Spec.Unschedulable = true;
            Annotate(live, CordonMark.Annotation, tuningUid);
        });

    public Task UncordonAsync(string node, string tuningUid, CancellationToken cancellationToken) =>
        ChangeAsync(node, live => CordonMark.Of(live) == tuningUid, live =>
        {
            live.Spec.Unschedulable = null;
            live.Metadata.Annotations.Remove(CordonMark.Annotation);
        });

    public Task CountRebootAsync(string node, string? seen, string counted, CancellationToken cancellationToken) =>
        ChangeAsync(node, _ => true, live =>
        {
            if (RebootBudget.Text(live) != seen)
            {
                throw new ApiException(HttpStatusCode.Conflict, "Conflict", "PATCH", "modified");
            }

            Annotate(live, RebootBudget.Annotation, counted);
        });

    public Task TaintAsync(string node, CancellationToken cancellationToken) => ChangeAsync(
        node,
        _ => true,
        live => live.Spec.Taints = [.. live.Spec.Taints ?? [], new V1Taint { Key = StartupTaint.Key, Effect = StartupTaint.Effect }]);

    public Task UntaintAsync(string node, CancellationToken cancellationToken) =>
        ChangeAsync(node, _ => true, live => live.Spec.Taints = [.. live.Spec.Taints.Where(taint => !StartupTaint.Is(taint))]);

    private static void Annotate(V1Node node, string annotation, string value) =>
        (node.Metadata.Annotations ??= new Dictionary<string, string>())[annotation] = value;

    private Task<bool> ChangeAsync(string node, Func<V1Node, bool> when, Action<V1Node> change) => client.WriteAsync(() =>
    {
        if (api.Find<V1Node>(node) is { } live && when(live))
        {
            change(live);
            api.Put(live);
        }

        return true;
    });
}
