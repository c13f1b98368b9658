using System.Globalization;
using System.Text;
using k8s;
using k8s.Models;
using Latlab.ApiServer.Tests.Runtime;
using Latlab.Crds.Conditions;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;
using Latlab.Operator.Reservations;
using Latlab.Operator.Runtime;
using Latlab.Operator.Tests.Reboots;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Latlab.ApiServer.Tests.Reboots.Rollout;

/// <summary>
/// Many nodes of one TunedNode are rebooted by operators that run as processes, while <see cref="Misfortune"/>s happen. What must never be
/// is looked for afterwards in every change that the API server made. LATLAB_TEST_NODES=1000 is what docs/benchmarks.md has;
/// LATLAB_TEST_SEED repeats a run, but for what the machine's speed makes of it.
/// </summary>
[Collection(nameof(RunsAlone))]
public sealed class RolloutTests(ApiServerFixture fixture) : IAsyncLifetime
{
    private const int Percent = 5;
    private const int MostStatusBytes = 10 * 1024;

    /// <summary>A reboot takes about thirty. Passes over all nodes that asked for each of them would make it hundreds.</summary>
    private const int MostRequestsPerNode = 100;

    private const double Crashes = 0.1;

    private static readonly int Nodes = Number("LATLAB_TEST_NODES") ?? 80;
    private static readonly int Seed = Number("LATLAB_TEST_SEED") ?? Random.Shared.Next();
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3 + (Nodes / 20));

    private readonly string _label = $"roll-{Guid.NewGuid():N}"[..16];
    private readonly Random _chance = new(Seed);
    private readonly RequestCounts _requests = new(leaderLease: new OperatorRuntimeOptions().LeaseName);
    private TestNamespace _namespace = null!;
    private TestOperator _others = null!;
    private FleetHistory _history = null!;
    private FakeNodes _nodes = null!;
    private RolloutFleet _fleet = null!;
    private int _mostStatusBytes;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IEntityClient Client => _others.Client;

    public async ValueTask InitializeAsync()
    {
        _namespace = await fixture.Server.NewNamespaceAsync();
        // Their requests are not the operator's.
        _others = await TestOperator.StartAsync(
            fixture.Server,
            services => services.AddInformer<V1Alpha1NodeTuning>().AddInformer<V1Alpha1TunedNode>().AddInformer<V1Lease>(_namespace.Name));
        _others.Services.GetRequiredService<InformerSet>().All<V1Alpha1TunedNode>().Single().Subscribe(
            (_, after) => _mostStatusBytes = Math.Max(_mostStatusBytes, Bytes(after?.Status)));
        _history = await FleetHistory.StartAsync(_others.Services.GetRequiredService<InformerContext>(), _label, Token);
        _nodes = new FakeNodes(fixture.Server.Client, Client, _others.Cache<V1Alpha1NodeTuning>(), _label, Seed) { Crashes = Crashes };
        _fleet = new RolloutFleet(fixture.Server.Client, _nodes, _others.Cache<V1Alpha1NodeTuning>(), _label, _chance);
    }

    public async ValueTask DisposeAsync()
    {
        await _nodes.DisposeAsync();
        await _history.DisposeAsync();
        await Leftovers.RemoveAsync(fixture.Server.Client, Client, _label);
        await _others.DisposeAsync();
        await _namespace.DisposeAsync();
    }

    [Fact]
    public async Task No_more_nodes_than_may_be_are_out_of_work_though_agents_crash_nodes_vanish_and_leaders_are_killed()
    {
        Say($"{Nodes} nodes, LATLAB_TEST_SEED={Seed}");
        Say($"{Misfortune.Vanishings(Nodes)} nodes vanish, {Misfortune.Kills(Nodes)} leaders are killed");
        await using var proxy = await ApiProxy.StartAsync(fixture.Server, request =>
        {
            _requests.Note(request);
            return Task.FromResult<int?>(null);
        });
        await using var operators = new OperatorReplicas(proxy.Kubeconfig, _namespace.Name);
        operators.Start();
        await operators.LeaderAsync();
        await _fleet.JoinAsync(Nodes, Token);
        _requests.Clear();
        await CreateAsync();

        foreach (var misfortune in Misfortune.Plan(_chance, Nodes))
        {
            var many = misfortune.AfterReboots;
            await WaitAsync(operators, () => _nodes.Reboots.Count > many, $"more than {many} nodes were rebooted");
            await HappenAsync(misfortune, operators);
        }

        await WaitAsync(operators, IsInEffect, "all nodes are as wished");
        await Eventually.TrueAsync(IsTidyAsync, "every node does its work, and runs may have it");
        Say($"requests: {(double)_requests.Total / Nodes:0.0} for each node: {_requests}");
        Say($"operators: {await operators.CostAsync()}; {operators.EndedByThemselves} ended by themselves");
        Say($"status: {_mostStatusBytes} bytes at most");

        await CheckHistoryAsync();
        Assert.InRange(_mostStatusBytes, 1, MostStatusBytes);
        Assert.InRange(_requests.Total, Nodes, MostRequestsPerNode * Nodes);
    }

    private Task<V1Alpha1TunedNode?> CreateAsync() => Client.TryCreateAsync(
        new V1Alpha1TunedNode
        {
            Metadata = new V1ObjectMeta { Name = _label },
            Spec = new TunedNodeSpec
            {
                NodeSelector = new Dictionary<string, string> { [_label] = "yes" },
                Boot = new BootTuning(),
                Disruption = new DisruptionPolicy
                {
                    Reboot = RebootPolicy.WhenRequired,
                    MaxUnavailable = new CountOrPercent($"{Percent}%"),
                    RebootTimeout = "20s",
                },
            },
        },
        Token);

    private async Task HappenAsync(Misfortune misfortune, OperatorReplicas operators)
    {
        if (misfortune.Kind == MisfortuneKind.LeaderIsKilled)
        {
            await operators.KillLeaderAsync();
            return;
        }

        await _fleet.VanishAsync(misfortune.Kind == MisfortuneKind.NodeWithSlotVanishes, Patience, Token);
    }

    /// <summary>Waits, and starts operators anew that ended meanwhile, as kubelet does.</summary>
    private static Task WaitAsync(OperatorReplicas operators, Func<bool> condition, string what) => Eventually.TrueAsync(
        () =>
        {
            operators.Start();
            return condition();
        },
        what,
        Patience);

    private bool IsInEffect() => _others.Cache<V1Alpha1TunedNode>().Get(null, _label)?.Status is { } status
        && status.MatchedNodes == _fleet.Present.Count && status.EffectiveNodes == _fleet.Present.Count
        && status.Conditions.Get(TunedNodeConditions.RebootPending)?.Status == ConditionStatus.False;

    private async Task<bool> IsTidyAsync() => await _fleet.IsAtWorkAsync(Token)
        && _others.Cache<V1Lease>().List().All(lease => NodeReservation.RebootOf(lease) is null);

    private async Task CheckHistoryAsync()
    {
        var changes = await WholeHistoryAsync();
        var invariant = new FleetInvariant(new CountOrPercent($"{Percent}%"), maxReboots: 1) { NeverAbovePercent = Percent };
        foreach (var change in changes)
        {
            invariant.Apply(change);
        }

        Say($"{changes.Count} changes, {invariant.Grants} reboots granted, at most {invariant.MostOut} nodes out of work at once");
        Assert.True(invariant.Violations.Count == 0, $"seed {Seed}: {string.Join("; ", invariant.Violations.Take(10))}");
        Assert.Equal(_fleet.Present.Count, invariant.Nodes);
        Assert.True(invariant.Grants >= _fleet.Present.Count, "every node was rebooted");
        Assert.InRange(invariant.MostOut, 1, Nodes * Percent / 100);
    }

    /// <summary>A last change of each kind shows that the watches have seen all before it.</summary>
    private async Task<IReadOnlyList<FleetChange>> WholeHistoryAsync()
    {
        const string Annotation = "test/end";
        var name = _fleet.Present.First();
        var patch = new V1Patch($$"""{ "metadata": { "annotations": { "{{Annotation}}": "yes" } } }""", V1Patch.PatchType.MergePatch);
        var node = await fixture.Server.Client.CoreV1.PatchNodeAsync(patch, name, cancellationToken: Token);
        var annotations = new Dictionary<string, string?> { [Annotation] = "yes" };
        return await _history.UntilAsync(node, (await Client.AnnotateAsync<V1Alpha1NodeTuning>(null, name, annotations, Token))!);
    }

    private static int Bytes(object? status) => Encoding.UTF8.GetByteCount(KubernetesJson.Serialize(status));

    private static void Say(string what) => TestContext.Current.TestOutputHelper?.WriteLine(what);

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
