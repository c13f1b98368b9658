using k8s.Models;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Runs;
using Latlab.Operator.Entities;
using Latlab.Operator.Reboots;
using Latlab.Operator.Reservations;
using Latlab.Operator.Runs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.Operator.Tests.Runs;

/// <summary>What a run leaves whose finalizer somebody took away by force.</summary>
public sealed class LeftoverTests
{
    private const string RunsNamespace = "latlab-runs";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly OperatorSettings _settings = new() { ForwarderImage = "forwarder" };
    private readonly SnapshotCache<V1Alpha1LatencyRun> _runs = new();
    private readonly FakeCluster _cluster;
    private readonly ReservationController _reservations;
    private readonly StrayPodController _strayPods;

    public LeftoverTests()
    {
        _cluster = new FakeCluster(_clock);
        var live = new LiveRuns(_cluster, _settings);
        _reservations = new ReservationController(new NodeHolders(new SnapshotCache<V1Lease>(), _runs, _settings), live, _cluster, new NoNodeActions(), _settings, NullLogger<ReservationController>.Instance);
        _strayPods = new StrayPodController(_runs, live, new RunPodCollector(_cluster, _settings, _clock), NullLogger<StrayPodController>.Instance);
        _cluster.Put(new V1Node { Metadata = new V1ObjectMeta { Name = RunObjects.Node } });
    }

    [Fact]
    public async Task A_node_is_freed_when_its_run_is_gone_and_its_pods_are_too()
    {
        var lease = Lease(RunObjects.Run());
        var pod = Pod(RunObjects.Run(), bound: false);
        Assert.Equal(RunDeadlines.CleanUpLook, (await _reservations.ReconcileAsync(lease, TestContext.Current.CancellationToken)).RequeueAfter);
        Assert.Single(_cluster.List<V1Lease>());

        _cluster.Remove<V1Pod>(RunsNamespace, pod.Metadata.Name);
        await _reservations.ReconcileAsync(lease, TestContext.Current.CancellationToken);
        Assert.Empty(_cluster.List<V1Lease>());
    }

    [Fact]
    public async Task A_run_that_only_the_cache_misses_keeps_its_node_and_its_pods()
    {
        var run = _cluster.Put(RunObjects.Run());
        var lease = Lease(run);
        var pod = Pod(run, bound: true);
        Assert.Equal(RunDeadlines.CleanUpLook, (await _reservations.ReconcileAsync(lease, TestContext.Current.CancellationToken)).RequeueAfter);
        await _strayPods.ReconcileAsync(pod, TestContext.Current.CancellationToken);
        Assert.Single(_cluster.List<V1Lease>());
        Assert.Null(_cluster.List<V1Pod>().Single().Metadata.DeletionTimestamp);
    }

    [Theory]
    [InlineData(RunPhase.Measuring, false)]
    [InlineData(RunPhase.Failed, true)]
    public async Task A_node_is_freed_from_a_run_that_ended_and_not_from_one_that_goes_on(RunPhase phase, bool freed)
    {
        var run = RunObjects.Run();
        run.Status = new LatencyRunStatus { Phase = phase };
        run = _cluster.Put(run);
        _runs.Tell([run]);
        await _reservations.ReconcileAsync(Lease(run), TestContext.Current.CancellationToken);
        Assert.Equal(freed ? 0 : 1, _cluster.List<V1Lease>().Count);
    }

    [Fact]
    public async Task A_Lease_that_no_run_made_is_left_alone()
    {
        var lease = Lease(RunObjects.Run());
        lease.Metadata.Annotations = null;
        await _reservations.ReconcileAsync(_cluster.Put(lease), TestContext.Current.CancellationToken);
        Assert.Single(_cluster.List<V1Lease>());
    }

    [Theory]
    [InlineData("uid-1", RebootPhase.Draining, false)]
    [InlineData("uid-1", RebootPhase.Lost, false)]
    [InlineData("uid-1", RebootPhase.Idle, true)]
    [InlineData("uid-1", RebootPhase.Failed, true)]
    [InlineData("uid-2", RebootPhase.Draining, true)]
    [InlineData(null, RebootPhase.Idle, true)]
    public async Task A_node_is_freed_from_a_reboot_that_is_over_with_its_cordon_and_not_from_one_that_goes_on(string? uid, object phase, bool freed)
    {
        if (uid is not null)
        {
            _cluster.Put(new RebootRecord { Phase = (RebootPhase)phase, BootId = "b" }.WriteTo(
                new V1Alpha1NodeTuning { Metadata = new V1ObjectMeta { Name = RunObjects.Node, Uid = uid }, Spec = new NodeTuningSpec() }));
        }

        var actions = new NoNodeActions();
        var settings = _settings with { AllowReboots = true };
        var holders = new NodeHolders(new SnapshotCache<V1Lease>(), _runs, settings);
        var lease = _cluster.Put(NodeReservation.RebootLease(RunsNamespace, RunObjects.Node, "uid-1", _clock.GetUtcNow()));
        Assert.False(holders.IsStale(lease));
        await new ReservationController(holders, new LiveRuns(_cluster, settings), _cluster, actions, settings, NullLogger<ReservationController>.Instance)
            .ReconcileAsync(lease, TestContext.Current.CancellationToken);
        Assert.Equal(freed ? 0 : 1, _cluster.List<V1Lease>().Count);
        Assert.Equal(freed ? [(RunObjects.Node, "uid-1")] : [], actions.Uncordoned);
    }

    [Fact]
    public async Task A_pod_whose_run_is_gone_is_asked_to_end_and_goes_when_it_has()
    {
        var pod = Pod(RunObjects.Run(), bound: true);
        pod.Status = new V1PodStatus { ContainerStatuses = [State(new V1ContainerState { Running = new V1ContainerStateRunning() })] };
        await _strayPods.ReconcileAsync(_cluster.Put(pod), TestContext.Current.CancellationToken);
        pod = _cluster.List<V1Pod>().Single();
        Assert.NotNull(pod.Metadata.DeletionTimestamp);

        _clock.Advance(TimeSpan.FromHours(1));
        await _strayPods.ReconcileAsync(pod, TestContext.Current.CancellationToken);
        Assert.Single(_cluster.List<V1Pod>());

        pod.Status = new V1PodStatus { ContainerStatuses = [State(new V1ContainerState { Terminated = new V1ContainerStateTerminated { ExitCode = 0 } })] };
        await _strayPods.ReconcileAsync(_cluster.Put(pod), TestContext.Current.CancellationToken);
        Assert.Empty(_cluster.List<V1Pod>());
    }

    [Fact]
    public async Task A_pod_of_a_run_that_is_there_is_the_runs_to_collect()
    {
        var run = _cluster.Put(RunObjects.Run());
        _runs.Tell([run]);
        var result = await _strayPods.ReconcileAsync(Pod(run, bound: true), TestContext.Current.CancellationToken);
        Assert.Null(result.RequeueAfter);
        Assert.Null(_cluster.List<V1Pod>().Single().Metadata.DeletionTimestamp);
    }

    private V1Lease Lease(V1Alpha1LatencyRun run) =>
        _cluster.Put(NodeReservation.Lease(RunsNamespace, RunObjects.Node, run.Metadata.Uid, RunReference.To(run), _clock.GetUtcNow()));

    private V1Pod Pod(V1Alpha1LatencyRun run, bool bound)
    {
        var pod = RunPods.Build(RunRole.Meter, run, _settings);
        pod.Spec.NodeName = bound ? RunObjects.Node : null;
        return _cluster.Put(pod);
    }

    private static V1ContainerStatus State(V1ContainerState state) => new() { Name = RunPodNames.Container, Image = "i", ImageID = "i", State = state };
}
