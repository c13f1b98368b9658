using System.Globalization;
using System.Text;
using k8s;
using k8s.Models;
using Latlab.ApiServer.Tests.Runtime;
using Latlab.Operator;
using Latlab.Operator.Entities;
using Latlab.Operator.Hosting;
using Latlab.Operator.Runtime;
using Testing;

namespace Latlab.ApiServer.Tests.TunedNodes;

/// <summary>Many nodes in one TunedNode, on a real API server. LATLAB_TEST_NODES=1000 is what docs/benchmarks.md has.</summary>
[Collection(nameof(RunsAlone))]
public sealed class ManyNodesTests(ApiServerFixture fixture)
{
    /// <summary>
    /// Requests of the operator for each node and change: the node's wish, and a share of the TunedNode's status, which changes with every
    /// node's report. A pass for each report that wrote the status each time would be two.
    /// </summary>
    private const double MostRequestsPerNode = 1.5;

    private const int MostStatusBytes = 10 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly int Nodes = int.Parse(Environment.GetEnvironmentVariable("LATLAB_TEST_NODES") ?? "300", CultureInfo.InvariantCulture);

    /// <summary>That requests are counted at all: the operator may have sent some before the count began.</summary>
    private static readonly int LeastRequests = Nodes / 2;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_nodes_are_tuned_changed_and_given_up_without_a_storm_of_requests()
    {
        var label = $"scale-{Guid.NewGuid():N}"[..20];
        var counting = new CountingHandler();
        await using var op = await TestOperator.StartAsync(
            fixture.Server, services => services.AddLatlabControllers(new OperatorSettings()), options => options.HttpHandlers.Add(counting));
        // Their requests are not the operator's.
        await using var others = await TestOperator.StartAsync(fixture.Server, services => services.AddInformer<V1Alpha1NodeTuning>());
        await using var agents = new FakeAgents(others.Client, others.Cache<V1Alpha1NodeTuning>());
        await InParallel(n => fixture.Server.Client.CoreV1.CreateNodeAsync(
            new V1Node { Metadata = new V1ObjectMeta { Name = $"{label}-{n}", Labels = new Dictionary<string, string> { [label] = "yes" } } }, cancellationToken: Token));
        try
        {
            var tunedNode = new V1Alpha1TunedNode
            {
                Metadata = new V1ObjectMeta { Name = label },
                Spec = new() { NodeSelector = new Dictionary<string, string> { [label] = "yes" }, Kernel = Sysctl("10") },
            };
            var before = counting.Count;
            await others.Client.TryCreateAsync(tunedNode, Token);
            var requests = await ConvergedAsync(1, before);
            Assert.InRange(requests, LeastRequests, (int)(MostRequestsPerNode * Nodes));

            var current = await others.Client.GetAsync<V1Alpha1TunedNode>(null, label, Token);
            current!.Spec = current.Spec with { Kernel = Sysctl("20") };
            before = counting.Count;
            await others.Client.ReplaceAsync(current, Token);
            Assert.InRange(await ConvergedAsync(2, before), LeastRequests, (int)(MostRequestsPerNode * Nodes));

            current = await others.Client.GetAsync<V1Alpha1TunedNode>(null, label, Token);
            Assert.InRange(Bytes(current!.Status), 1, MostStatusBytes);
            Assert.InRange(Bytes((await others.Client.GetAsync<V1Alpha1NodeTuning>(null, $"{label}-0", Token))!.Status), 1, MostStatusBytes);
        }
        finally
        {
            await others.Client.DeleteAsync<V1Alpha1TunedNode>(null, label, null, CancellationToken.None);
            await Eventually.TrueAsync(
                async () => await others.Client.GetAsync<V1Alpha1TunedNode>(null, label, CancellationToken.None) is null, "the TunedNode is gone", Patience);
            await InParallel(n => fixture.Server.Client.CoreV1.DeleteNodeAsync($"{label}-{n}"));
        }

        // The number of requests until all nodes are in effect, and the TunedNode says so.
        async Task<int> ConvergedAsync(long generation, int before)
        {
            await Eventually.TrueAsync(
                async () => (await others.Client.GetAsync<V1Alpha1TunedNode>(null, label, Token))?.Status is { } status
                    && (status.ObservedGeneration, status.MatchedNodes, status.EffectiveNodes) == (generation, Nodes, Nodes),
                $"{Nodes} nodes are in effect", Patience);
            var requests = counting.Count - before;
            TestContext.Current.TestOutputHelper?.WriteLine($"generation {generation}: {requests} requests for {Nodes} nodes");
            return requests;
        }
    }

    private static Latlab.Crds.TunedNodes.KernelTuning Sysctl(string value) =>
        new() { Sysctls = new Dictionary<string, string> { ["vm.stat_interval"] = value } };

    private static int Bytes(object? status) => Encoding.UTF8.GetByteCount(KubernetesJson.Serialize(status));

    private static Task InParallel(Func<int, Task> work) =>
        Parallel.ForAsync(0, Nodes, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (n, _) => await work(n));
}
