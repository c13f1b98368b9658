using k8s;
using Latlab.Crds;
using Latlab.Crds.NodeTunings;
using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;

namespace Latlab.ApiServer.Tests.Reboots;

/// <summary>What a test's TunedNode leaves when it failed: nobody restores it, and the other tests must not find it.</summary>
internal static class Leftovers
{
    private static readonly ParallelOptions Some = new() { MaxDegreeOfParallelism = 16 };

    /// <param name="kubernetes">Client.</param>
    /// <param name="client">Client.</param>
    /// <param name="label">Name of the TunedNode, label of its nodes, and what their names begin with.</param>
    public static async Task RemoveAsync(IKubernetes kubernetes, IEntityClient client, string label)
    {
        var tunings = await client.ListAsync<V1Alpha1NodeTuning>(null, CancellationToken.None);
        await Parallel.ForEachAsync(
            tunings.Where(tuning => tuning.Metadata.Name.StartsWith(label, StringComparison.Ordinal)),
            Some,
            async (tuning, token) =>
            {
                await client.RemoveFinalizerAsync(tuning, NodeTuningResource.RestoreFinalizer, token);
                await client.DeleteAsync<V1Alpha1NodeTuning>(null, tuning.Metadata.Name, null, token);
            });

        if (await client.GetAsync<V1Alpha1TunedNode>(null, label, CancellationToken.None) is { } left)
        {
            await client.DeleteAsync<V1Alpha1TunedNode>(null, label, null, CancellationToken.None);
            await client.RemoveFinalizerAsync(left, ApiGroup.Name + "/restore-nodes", CancellationToken.None);
        }

        var nodes = await kubernetes.CoreV1.ListNodeAsync(labelSelector: $"{label}=yes");
        await Parallel.ForEachAsync(
            nodes.Items,
            Some,
            async (node, token) => await kubernetes.CoreV1.DeleteNodeAsync(node.Metadata.Name, cancellationToken: token));
    }
}
