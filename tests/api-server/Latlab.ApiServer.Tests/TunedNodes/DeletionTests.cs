using k8s;
using k8s.Models;
using Latlab.ApiServer.Tests.Runtime;
using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Operator;
using Latlab.Operator.Entities;
using Latlab.Operator.Hosting;
using Testing;

namespace Latlab.ApiServer.Tests.TunedNodes;

/// <summary>A TunedNode whose deletion hangs, on a real API server: it names the nodes, and goes when they are restored.</summary>
[Collection(nameof(RunsAlone))]
public sealed class DeletionTests(ApiServerFixture fixture)
{
    private readonly string _label = $"gone-{Guid.NewGuid():N}"[..16];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_nodes_that_keep_it_are_named_with_what_keeps_them()
    {
        await using var runs = await fixture.Server.NewNamespaceAsync();
        await using var agents = await fixture.Server.NewNamespaceAsync();
        var (lost, stuck, restored) = ($"{_label}-a", $"{_label}-b", $"{_label}-c");
        string[] nodes = [lost, stuck, restored];
        foreach (var node in nodes)
        {
            await fixture.Server.Client.CoreV1.CreateNodeAsync(
                new V1Node { Metadata = new V1ObjectMeta { Name = node, Labels = new Dictionary<string, string> { [_label] = "yes" } } }, cancellationToken: Token);
        }

        await AgentAsync(agents.Name, stuck);
        var settings = new OperatorSettings { RunsNamespace = runs.Name, AgentsNamespace = agents.Name };
        await using var op = await TestOperator.StartAsync(fixture.Server, services => services.AddLatlabControllers(settings));
        try
        {
            await op.Client.TryCreateAsync(
                new V1Alpha1TunedNode
                {
                    Metadata = new V1ObjectMeta { Name = _label },
                    Spec = new() { NodeSelector = new Dictionary<string, string> { [_label] = "yes" }, Kernel = new() { Sysctls = new Dictionary<string, string> { ["vm.stat_interval"] = "10" } } },
                },
                Token);
            await Eventually.TrueAsync(async () => (await TuningsAsync(op)).Count == nodes.Length, "each node has its NodeTuning");
            // The label goes with the node's work: whoever has a node looks after it all the same.
            await fixture.Server.Client.CoreV1.PatchNodeAsync(
                new V1Patch($"{{\"metadata\":{{\"labels\":{{\"{_label}\":null}}}}}}", V1Patch.PatchType.MergePatch), lost, cancellationToken: Token);
            await op.Client.DeleteAsync<V1Alpha1TunedNode>(null, _label, null, Token);
            await Eventually.TrueAsync(async () => (await TuningsAsync(op)).All(tuning => tuning.Metadata.DeletionTimestamp is not null), "all are given up");

            await SayAsync(op, restored, ConditionStatus.True, "restored");
            await SayAsync(op, stuck, ConditionStatus.False, "devices[0]: a program has it open");
            var status = await Eventually.GetAsync(
                async () => (await op.Client.GetAsync<V1Alpha1TunedNode>(null, _label, Token))?.Status is { ProblemNodes.Count: 2 } said
                    && said.ProblemNodes[1].Reason == NodeTuningConditions.ReasonRestoreFailed ? said : null,
                "both nodes that hang are named");
            Assert.Equal(
                [(lost, TunedNodeConditions.ReasonAgentNotReady), (stuck, NodeTuningConditions.ReasonRestoreFailed)],
                status.ProblemNodes.Select(node => (node.Name, node.Reason)));
            Assert.Contains("no agent is on the node", status.ProblemNodes[0].Message, StringComparison.Ordinal);
            Assert.Equal("devices[0]: a program has it open", status.ProblemNodes[1].Message);
            Assert.Contains($"2 nodes are still to be restored; \"{lost}\"", status.Conditions.Get(TunedNodeConditions.Effective)!.Message, StringComparison.Ordinal);
        }
        finally
        {
            foreach (var tuning in await TuningsAsync(op))
            {
                await SayAsync(op, tuning.Metadata.Name, ConditionStatus.True, "restored");
            }

            await Eventually.TrueAsync(async () => await op.Client.GetAsync<V1Alpha1TunedNode>(null, _label, CancellationToken.None) is null, "the TunedNode is gone");
            foreach (var node in nodes)
            {
                await fixture.Server.Client.CoreV1.DeleteNodeAsync(node, cancellationToken: CancellationToken.None);
            }
        }
    }

    private async Task<IReadOnlyList<V1Alpha1NodeTuning>> TuningsAsync(TestOperator op) =>
        [.. (await op.Client.ListAsync<V1Alpha1NodeTuning>(null, CancellationToken.None)).Where(tuning => tuning.Spec.TunedNode.Name == _label)];

    /// <summary>What the node's agent would say.</summary>
    private static async Task SayAsync(TestOperator op, string node, ConditionStatus status, string message)
    {
        var tuning = (await op.Client.GetAsync<V1Alpha1NodeTuning>(null, node, CancellationToken.None))!;
        var reason = status == ConditionStatus.True ? NodeTuningConditions.ReasonRestored : NodeTuningConditions.ReasonRestoreFailed;
        tuning.Status = new NodeTuningStatus
        {
            ObservedGeneration = tuning.Metadata.Generation,
            Conditions = ((IReadOnlyList<Condition>)[]).With(NodeTuningConditions.Restored, status, reason, message, tuning.Metadata.Generation, DateTimeOffset.UtcNow),
        };
        await op.Client.UpdateStatusAsync(tuning, CancellationToken.None);
    }

    /// <summary>A pod of the agents, ready, on a node.</summary>
    private async Task AgentAsync(string @namespace, string node)
    {
        var api = fixture.Server.Client.CoreV1;
        await api.CreateNamespacedServiceAccountAsync(new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = "agent" } }, @namespace, cancellationToken: Token);
        await api.CreateNamespacedPodAsync(
            new V1Pod
            {
                Metadata = new V1ObjectMeta { Name = "agent", Labels = new Dictionary<string, string> { ["app.kubernetes.io/component"] = "agent" } },
                Spec = new V1PodSpec
                {
                    NodeName = node,
                    ServiceAccountName = "agent",
                    AutomountServiceAccountToken = false,
                    Containers = [new V1Container { Name = "c", Image = "i" }],
                },
            },
            @namespace, cancellationToken: Token);
        await api.PatchNamespacedPodStatusAsync(
            new V1Patch("""{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}""", V1Patch.PatchType.MergePatch),
            "agent", @namespace, cancellationToken: Token);
    }
}
