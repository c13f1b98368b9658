using k8s;
using k8s.Models;
using Latlab.ApiServer.Tests.Runtime;
using Latlab.Crds.Conditions;
using Latlab.Crds.TunedNodes;
using Latlab.Operator;
using Latlab.Operator.Entities;
using Latlab.Operator.Hosting;
using Latlab.Operator.Reboots;
using Latlab.Operator.Reservations;
using Latlab.Operator.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Latlab.ApiServer.Tests.Reboots;

/// <summary>Reboots of nodes on a real API server; agents and kubelets are <see cref="FakeNodes"/>.</summary>
[Collection(nameof(RunsAlone))]
public sealed class RebootTests(ApiServerFixture fixture) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly string _label = $"boot-{Guid.NewGuid():N}"[..16];
    private readonly ShiftedClock _clock = new();
    private TestNamespace _namespace = null!;
    private TestOperator _others = null!;
    private FakeNodes _nodes = null!;
    private CordonWatch _cordons = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IKubernetes Kubernetes => fixture.Server.Client;

    private IEntityClient Client => _others.Client;

    public async ValueTask InitializeAsync()
    {
        _namespace = await fixture.Server.NewNamespaceAsync();
        _others = await TestOperator.StartAsync(fixture.Server, services => services.AddInformer<V1Alpha1NodeTuning>().AddInformer<V1Node>());
        _cordons = new CordonWatch(_others.Services.GetRequiredService<InformerSet>(), _label);
        _nodes = new FakeNodes(Kubernetes, Client, _others.Cache<V1Alpha1NodeTuning>(), _label, seed: 1);
    }

    public async ValueTask DisposeAsync()
    {
        await _nodes.DisposeAsync();
        await Leftovers.RemoveAsync(Kubernetes, Client, _label);
        await _others.DisposeAsync();
        await _namespace.DisposeAsync();
    }

    [Fact]
    public async Task A_prior_cordon_is_kept_a_run_is_waited_for_and_a_deletion_reboots_once_more()
    {
        await JoinAsync(3);
        var (plain, cordoned, held) = (Name(0), Name(1), Name(2));
        await Kubernetes.CoreV1.PatchNodeAsync(
            new V1Patch("""{"spec":{"unschedulable":true,"taints":[{"key":"theirs","effect":"PreferNoSchedule"}]}}""", V1Patch.PatchType.MergePatch), cordoned, cancellationToken: Token);
        var lease = NodeReservation.Lease(_namespace.Name, held, "uid-run", "ns/run-1", DateTimeOffset.UtcNow);
        lease.Metadata.Annotations.Remove(Latlab.Operator.Runs.RunReference.Annotation);
        await Client.TryCreateAsync(lease, Token);
        await CreateAsync(new DisruptionPolicy { StartupTaint = true });
        await using var op = await StartAsync();

        await ProblemAsync(held, TunedNodeConditions.ReasonWaitingForRun);
        await Eventually.TrueAsync(() => _nodes.Reboots.ContainsKey(plain) && _nodes.Reboots.ContainsKey(cordoned), "the others are rebooted", Patience);
        Assert.False(_nodes.Reboots.ContainsKey(held));
        Assert.True(StartupTaint.IsOn(await NodeAsync(held)));
        await Client.DeleteAsync<V1Lease>(_namespace.Name, lease.Metadata.Name, null, Token);
        await EffectiveAsync(3);

        Assert.DoesNotContain(cordoned, _cordons.Ever);
        await Eventually.TrueAsync(async () => !(await NodesAsync()).Any(StartupTaint.IsOn), "no node is tainted");
        Assert.True((await NodeAsync(cordoned)).Spec.Unschedulable);
        Assert.Contains((await NodeAsync(cordoned)).Spec.Taints, taint => taint.Key == "theirs");

        await Client.DeleteAsync<V1Alpha1TunedNode>(null, _label, null, Token);
        await Eventually.TrueAsync(async () => await Client.GetAsync<V1Alpha1TunedNode>(null, _label, Token) is null, "the TunedNode is gone", Patience);
        Assert.All([plain, cordoned, held], name => Assert.Equal(2, _nodes.Reboots[name]));
        Assert.True((await NodeAsync(cordoned)).Spec.Unschedulable);
        Assert.NotEqual(true, (await NodeAsync(plain)).Spec.Unschedulable);
        Assert.Empty(await Client.ListAsync<V1Lease>(_namespace.Name, Token));
    }

    [Fact]
    public async Task A_budget_that_keeps_a_pod_is_told_and_the_node_goes_back_to_its_work()
    {
        await JoinAsync(2);
        var (kept, free) = (Name(0), Name(1));
        await PodAsync("kept", kept);
        await PodAsync("free", free, app: "free");
        await Kubernetes.CustomObjects.CreateNamespacedCustomObjectAsync(
            new
            {
                apiVersion = "policy/v1beta1",
                kind = "PodDisruptionBudget",
                metadata = new { name = "quorum" },
                spec = new { minAvailable = 1, selector = new { matchLabels = new { app = "kept" } } },
            },
            "policy", "v1beta1", _namespace.Name, "poddisruptionbudgets", cancellationToken: Token);
        await CreateAsync(new DisruptionPolicy { Drain = new DrainPolicy { Timeout = "15s" } });
        await using var op = await StartAsync();

        // Nobody plays kubelet for the pod that may go: it ends when a test says so.
        await Eventually.TrueAsync(
            async () =>
            {
                if (await Client.GetAsync<V1Pod>(_namespace.Name, "free", Token) is { Metadata.DeletionTimestamp: not null } ending)
                {
                    await Client.DeleteAsync<V1Pod>(_namespace.Name, "free", ending.Metadata.Uid, Token, gracePeriodSeconds: 0);
                }

                return _nodes.Reboots.ContainsKey(free);
            },
            "the other node is rebooted", Patience);
        var problem = await ProblemAsync(kept, TunedNodeConditions.ReasonDrainBlocked);
        Assert.Contains($"{_namespace.Name}/kept", problem.Message, StringComparison.Ordinal);
        Assert.Contains("quorum", problem.Message, StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => (await NodeAsync(kept)).Spec.Unschedulable != true, "it is uncordoned");
        Assert.Contains(kept, _cordons.Ever);
        Assert.Null((await Client.GetAsync<V1Pod>(_namespace.Name, "kept", Token))!.Metadata.DeletionTimestamp);
        await Eventually.TrueAsync(async () => (await Client.ListAsync<V1Lease>(_namespace.Name, Token)).Count == 0, "runs may have both");
        Assert.False(_nodes.Reboots.ContainsKey(kept));
        Assert.Equal(1, _cordons.Most);
    }

    [Fact]
    public async Task A_node_that_a_reboot_does_not_help_is_let_be_and_stops_the_rollout_until_the_spec_changes()
    {
        await JoinAsync(1);
        var (stubborn, other) = (Name(0), Name(1));
        _nodes.Stubborn[stubborn] = true;
        await CreateAsync(new DisruptionPolicy());
        await using var op = await StartAsync();
        await Eventually.TrueAsync(() => Record(stubborn).HoldsSlot, "it is first", Patience);
        // Only now: of two, whichever agent reports first is first.
        await _nodes.JoinAsync(other, cancellationToken: Token);
        await Eventually.TrueAsync(() => Record(stubborn).Phase == RebootPhase.Settling, "it is back", Patience);

        _clock.PutForward(RebootTimes.Settling);
        await WakeAsync(stubborn);
        await ProblemAsync(stubborn, TunedNodeConditions.ReasonRebootExhausted);
        await Eventually.TrueAsync(
            async () => (await StatusAsync())!.Conditions.Get(TunedNodeConditions.RebootPending)
                is { Status: ConditionStatus.True, Reason: TunedNodeConditions.ReasonRolloutStopped } stopped
                && stopped.Message.StartsWith("2 nodes;", StringComparison.Ordinal),
            "the rollout is stopped, and the other node waits");
        await Eventually.TrueAsync(async () => (await NodeAsync(stubborn)).Spec.Unschedulable != true, "it works again");
        Assert.Equal(1, _nodes.Reboots[stubborn]);
        Assert.False(_nodes.Reboots.ContainsKey(other));

        _nodes.Stubborn.Clear();
        var tunedNode = (await Client.GetAsync<V1Alpha1TunedNode>(null, _label, Token))!;
        tunedNode.Spec = tunedNode.Spec with { Boot = new BootTuning { Bootloader = Bootloader.Grub } };
        await Client.ReplaceAsync(tunedNode, Token);
        await EffectiveAsync(2);
        Assert.Equal((2, 1), (_nodes.Reboots[stubborn], _nodes.Reboots[other]));
    }

    [Fact]
    public async Task Without_leave_nothing_is_done_and_that_is_said()
    {
        await JoinAsync(1);
        await CreateAsync(new DisruptionPolicy { StartupTaint = true });
        await using var op = await StartAsync(allowed: false);
        await ProblemAsync(Name(0), TunedNodeConditions.ReasonRebootsNotEnabled);
        Assert.False(StartupTaint.IsOn(await NodeAsync(Name(0))));
        Assert.Equal(TunedNodeConditions.ReasonStartupTaintNotEnabled, (await StatusAsync())!.Conditions.Get(TunedNodeConditions.Accepted)!.Reason);
        await Client.DeleteAsync<V1Alpha1TunedNode>(null, _label, null, Token);
        await Eventually.TrueAsync(async () => await Client.GetAsync<V1Alpha1TunedNode>(null, _label, Token) is null, "the TunedNode is gone all the same");
        Assert.Empty(_nodes.Reboots);
    }

    private Task<TestOperator> StartAsync(bool allowed = true) => TestOperator.StartAsync(
        fixture.Server,
        services => services.AddSingleton<TimeProvider>(_clock).AddLatlabControllers(new OperatorSettings { RunsNamespace = _namespace.Name, AllowReboots = allowed }));

    private Task<V1Alpha1TunedNode?> CreateAsync(DisruptionPolicy policy)
    {
        policy.Reboot = RebootPolicy.WhenRequired;
        return Client.TryCreateAsync(
            new V1Alpha1TunedNode
            {
                Metadata = new V1ObjectMeta { Name = _label },
                Spec = new TunedNodeSpec { NodeSelector = new Dictionary<string, string> { [_label] = "yes" }, Boot = new BootTuning(), Disruption = policy },
            },
            Token);
    }

    private async Task JoinAsync(int nodes)
    {
        for (var n = 0; n < nodes; n++)
        {
            await _nodes.JoinAsync(Name(n), cancellationToken: Token);
        }
    }

    private async Task PodAsync(string name, string node, string? app = null)
    {
        if (await Client.GetAsync<V1ServiceAccount>(_namespace.Name, "default", Token) is null)
        {
            await Client.TryCreateAsync(new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = "default", NamespaceProperty = _namespace.Name } }, Token);
        }

        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta
            {
                Name = name,
                NamespaceProperty = _namespace.Name,
                Labels = new Dictionary<string, string> { ["app"] = app ?? name },
                OwnerReferences = [new V1OwnerReference { ApiVersion = "apps/v1", Kind = "ReplicaSet", Name = "set", Uid = "uid-set", Controller = true }],
            },
            Spec = new V1PodSpec { NodeName = node, AutomountServiceAccountToken = false, Containers = [new V1Container { Name = "c", Image = "i" }] },
        };
        await Client.TryCreateAsync(pod, Token);
        await Kubernetes.CoreV1.PatchNamespacedPodStatusAsync(
            new V1Patch("""{"status":{"phase":"Running"}}""", V1Patch.PatchType.MergePatch), name, _namespace.Name, cancellationToken: Token);
    }

    /// <summary>A change that means nothing, and has the controllers look.</summary>
    private Task<V1Alpha1NodeTuning?> WakeAsync(string node) =>
        Client.AnnotateAsync<V1Alpha1NodeTuning>(null, node, new Dictionary<string, string?> { ["test/wake"] = Guid.NewGuid().ToString() }, Token);

    private Task EffectiveAsync(int nodes) => Eventually.TrueAsync(
        async () => await StatusAsync() is { } status && status.EffectiveNodes == nodes && !status.Conditions.IsTrue(TunedNodeConditions.RebootPending),
        $"{nodes} nodes are as wished", Patience);

    private Task<ProblemNode> ProblemAsync(string node, string reason) => Eventually.GetAsync(
        async () => (await StatusAsync())?.ProblemNodes.FirstOrDefault(problem => problem.Name == node && problem.Reason == reason), $"{node} is {reason}", Patience);

    private async Task<TunedNodeStatus?> StatusAsync() => (await Client.GetAsync<V1Alpha1TunedNode>(null, _label, Token))?.Status;

    private RebootRecord Record(string node) => RebootRecord.Of(_others.Cache<V1Alpha1NodeTuning>().Get(null, node));

    private Task<V1Node> NodeAsync(string name) => Kubernetes.CoreV1.ReadNodeAsync(name, cancellationToken: Token);

    private async Task<IReadOnlyList<V1Node>> NodesAsync() =>
        [.. (await Kubernetes.CoreV1.ListNodeAsync(labelSelector: $"{_label}=yes")).Items];

    private string Name(int n) => $"{_label}-{n:00}";
}
