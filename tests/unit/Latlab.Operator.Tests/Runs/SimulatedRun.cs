using k8s;
using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Runs;
using Latlab.Operator.Entities;
using Latlab.Operator.Reservations;
using Latlab.Operator.Runs;
using Latlab.Operator.Runtime;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.Operator.Tests.Runs;

/// <summary>
/// A run with the part of a cluster that it sees: observer, planner and applier are the real ones; kubelet's, the agent's and the
/// containers' doings happen when told. Its caches may lag behind the API server.
/// </summary>
internal sealed class SimulatedRun
{
    private const string RunsNamespace = "latlab-runs";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly OperatorSettings _settings = new() { ForwarderImage = "forwarder" };
    private readonly SnapshotCache<V1Alpha1LatencyRun> _runs = new();
    private readonly SnapshotCache<V1Alpha1LatencyExperiment> _experiments = new();
    private readonly SnapshotCache<V1Alpha1NodeTuning> _tunings = new();
    private readonly SnapshotCache<V1Lease> _leases = new();
    private readonly SnapshotCache<V1Pod> _pods = new();
    private readonly SnapshotCache<V1Node> _nodes = new();
    private readonly RunObserver _observer;
    private readonly RunApplier _applier;
    private Action? _lastTold;
    private V1Alpha1LatencyRun _lastSeen;

    public SimulatedRun(Action<V1Alpha1LatencyRun>? change = null)
    {
        Cluster = new FakeCluster(_clock);
        _observer = new RunObserver(_experiments, _tunings, new NodeHolders(_leases, _runs, _settings), _pods, _nodes, _settings);
        _applier = new RunApplier(
            Cluster, new LiveRuns(Cluster, _settings), new RunPodCollector(Cluster, _settings, _clock), Events, _settings, _clock);
        var run = RunObjects.Run();
        change?.Invoke(run);
        _lastSeen = Cluster.Put(run);
        Cluster.Put(RunObjects.Experiment());
        Cluster.Put(RunObjects.EffectiveTuning());
        Cluster.Put(new V1Node { Metadata = new V1ObjectMeta { Name = RunObjects.Node } });
    }

    public FakeCluster Cluster { get; }

    public RecordedEvents Events { get; } = new();

    public DateTimeOffset Now
    {
        get => _clock.GetUtcNow();
        set => _clock.SetUtcNow(value);
    }

    /// <summary>Whether the caches show what was before the last reconcile.</summary>
    public bool Lags { get; set; }

    /// <summary>Whether the caches show no pods and no Lease at all.</summary>
    public bool IsBlind { get; set; }

    /// <summary>Whether the caches do not show the node.</summary>
    public bool IsNodeHidden { get; set; }

    /// <summary>Whether the node's agent answers.</summary>
    public bool AgentAnswers { get; set; } = true;

    /// <summary>The run; as it last was, when it is gone.</summary>
    public V1Alpha1LatencyRun Run => _lastSeen = Cluster.Find<V1Alpha1LatencyRun>(_lastSeen.Metadata.NamespaceProperty, _lastSeen.Metadata.Name) ?? _lastSeen;

    public V1Alpha1NodeTuning? Tuning
    {
        get => Cluster.Find<V1Alpha1NodeTuning>(null, RunObjects.Node);
        set => Write(value, null, RunObjects.Node);
    }

    public V1Lease? Lease
    {
        get => Cluster.Find<V1Lease>(RunsNamespace, NodeReservation.LeaseName(RunObjects.Node));
        set => Write(value, RunsNamespace, NodeReservation.LeaseName(RunObjects.Node));
    }

    public RunPlan LastPlan { get; private set; } = null!;

    /// <summary>Events of all plans that were put on record.</summary>
    public List<RunEvent> Told { get; } = [];

    /// <summary>Whether the last pass did all of its steps.</summary>
    public bool LastDone { get; private set; }

    public IReadOnlyDictionary<RunRole, int> Created => Enum.GetValues<RunRole>()
        .ToDictionary(role => role, role => Cluster.Made.Count(name => name == RunPodNames.For(role, _lastSeen.Metadata.Uid)))
        .Where(count => count.Value > 0).ToDictionary();

    public bool FinalizerRemoved => Run.Metadata.Finalizers is null or { Count: 0 } || Cluster.List<V1Alpha1LatencyRun>().All(r => r.Metadata.Uid != _lastSeen.Metadata.Uid);

    public bool LeaseHeld => Lease is not null;

    public int PodsLeft => Cluster.List<V1Pod>().Count;

    public RunPhase? Phase => Run.Status?.Phase;

    public Condition? Measured => Condition(RunConditions.Measured);

    public Condition? Condition(string type) => Run.Status?.Conditions.Get(type);

    /// <summary>One reconcile. A crash comes after the status was written and that many steps were done; null is none.</summary>
    public void Reconcile(int? crashAfterSteps = null)
    {
        TellCaches();
        if (_runs.Get(_lastSeen.Metadata.NamespaceProperty, _lastSeen.Metadata.Name) is not { } cached)
        {
            return;
        }

        try
        {
            var run = ApiJson.Copy(cached);
            LastPlan = RunPlanner.Plan(_observer.Read(run), _settings, Now);
            if (run.Status is null || KubernetesJson.Serialize(run.Status) != KubernetesJson.Serialize(LastPlan.Status))
            {
                run.Status = LastPlan.Status;
                run = Cluster.UpdateStatusAsync(run, CancellationToken.None).Result;
                Told.AddRange(LastPlan.Events);
            }

            LastDone = _applier.ApplyAsync(run, [.. LastPlan.Steps.Take(crashAfterSteps ?? int.MaxValue)], CancellationToken.None).Result;
        }
        catch (Exception conflict) when (conflict is ApiException { IsConflict: true } or AggregateException { InnerException: ApiException { IsConflict: true } })
        {
            LastDone = false;
        }
    }

    /// <summary>Carries out a step, whatever the plan says; returns whether it was done.</summary>
    public bool ApplyNow(RunStep step) => _applier.ApplyAsync(Run, [step], CancellationToken.None).Result;

    /// <summary>Reconciles, with kubelet, agent and containers doing well in between, for a minute.</summary>
    public void RunToEnd()
    {
        for (var i = 0; i < 60; i++)
        {
            Reconcile();
            Progress();
            Now += TimeSpan.FromSeconds(1);
        }
    }

    /// <summary>Reconciles, all going well, until a phase is reached.</summary>
    public void RunTo(RunPhase phase) => RunUntil(() => Phase == phase);

    /// <summary>Reconciles, all going well, until the pod of a role is there.</summary>
    public void RunUntilCreated(RunRole role) => RunUntil(() => Created.ContainsKey(role));

    public void RunUntil(Func<bool> reached)
    {
        for (var i = 0; !reached(); i++)
        {
            Assert.True(i < 60, $"never got there, is in {Phase}");
            Reconcile();
            if (!reached())
            {
                Progress();
            }
        }
    }

    /// <summary>What kubelet, the node's agent and well-behaved containers do next.</summary>
    public void Progress()
    {
        foreach (var role in Enum.GetValues<RunRole>())
        {
            if (Pod(role) is not { } pod)
            {
                continue;
            }

            if (pod.Metadata.DeletionTimestamp is not null)
            {
                Terminate(role, pod);
            }
            else if (role == RunRole.Generator)
            {
                End(role, 0, RunReports.Generator(1000));
            }
            else if (role == RunRole.Meter && Terminated(Pod(RunRole.Generator)))
            {
                End(role, 0, RunReports.Meter(1000, 1000));
            }
            else
            {
                SetReady(role);
            }
        }

        Answer();
    }

    public V1Pod? Pod(RunRole role) => Cluster.Find<V1Pod>(RunsNamespace, RunPodNames.For(role, _lastSeen.Metadata.Uid));

    public void SetReady(RunRole role) => Report(role, pod =>
    {
        if (pod.Status?.ContainerStatuses is null)
        {
            pod.Status = new V1PodStatus
            {
                Phase = "Running",
                Conditions = [new V1PodCondition { Type = "Ready", Status = "True" }],
                ContainerStatuses = [Container(new V1ContainerState { Running = new V1ContainerStateRunning() })],
            };
        }
    });

    public void SetWaiting(RunRole role, string reason, string message) => Report(role, pod => pod.Status = new V1PodStatus
    {
        Phase = "Pending",
        ContainerStatuses = [Container(new V1ContainerState { Waiting = new V1ContainerStateWaiting { Reason = reason, Message = message } })],
    });

    /// <summary>The scheduler binds it; kubelet is silent.</summary>
    public void Bind(RunRole role) => Report(role, _ => { });

    public void End(RunRole role, int exitCode, string? report = null, string reason = "Completed", string? phase = null) => Report(role, pod =>
    {
        if (!Terminated(pod))
        {
            pod.Status = new V1PodStatus
            {
                Phase = phase ?? (exitCode == 0 ? "Succeeded" : "Failed"),
                ContainerStatuses =
                [
                    Container(new V1ContainerState { Terminated = new V1ContainerStateTerminated { ExitCode = exitCode, Reason = reason, Message = report } }),
                ],
            };
        }
    });

    /// <summary>Somebody else deletes a pod.</summary>
    public void Delete(RunRole role) => Cluster.DeleteAsync<V1Pod>(RunsNamespace, RunPodNames.For(role, _lastSeen.Metadata.Uid), null, CancellationToken.None).Wait();

    /// <summary>Somebody takes a pod away by force, its finalizer included.</summary>
    public void TakeAway(RunRole role) => Cluster.Remove<V1Pod>(RunsNamespace, RunPodNames.For(role, _lastSeen.Metadata.Uid));

    /// <summary>The user deletes the run.</summary>
    public void DeleteRun()
    {
        var run = Run;
        run.Metadata.DeletionTimestamp = Now.UtcDateTime;
        run.Metadata.DeletionGracePeriodSeconds = 0;
        Cluster.Put(run);
    }

    public V1Lease Reserved(string holder) => NodeReservation.Lease(RunsNamespace, RunObjects.Node, holder, "ns/other", Now);

    /// <summary>Changes what the node's agent reports.</summary>
    public void Report(Func<NodeTuningStatus, NodeTuningStatus> change)
    {
        var tuning = Tuning!;
        tuning.Status = change(tuning.Status!);
        Tuning = tuning;
    }

    private void Report(RunRole role, Action<V1Pod> change)
    {
        var pod = Pod(role)!;
        pod.Spec.NodeName = RunObjects.Node;
        change(pod);
        Cluster.Put(pod);
    }

    /// <summary>Kubelet of 1.20 says nothing of a container that never started.</summary>
    private void Terminate(RunRole role, V1Pod pod)
    {
        if (pod.Status?.ContainerStatuses?[0].State.Running is not null)
        {
            End(role, role == RunRole.Meter ? 0 : 143, role switch
            {
                RunRole.Meter => RunReports.Meter(1000, 1000, endMarkerSeen: false),
                RunRole.Forwarder => RunReports.Forwarder(),
                _ => null,
            });
        }
    }

    private void Answer()
    {
        if (AgentAnswers && Tuning is { Metadata.Annotations: { } annotations } && annotations.TryGetValue(ReadBackRequest.TokenAnnotation, out var token))
        {
            Report(status => status with { ReadBack = token });
        }
    }

    private void TellCaches()
    {
        var (runs, experiments, tunings) = (Cluster.List<V1Alpha1LatencyRun>(), Cluster.List<V1Alpha1LatencyExperiment>(), Cluster.List<V1Alpha1NodeTuning>());
        var (leases, pods, nodes) = (Cluster.List<V1Lease>(), Cluster.List<V1Pod>(), Cluster.List<V1Node>());
        var tell = () =>
        {
            _runs.Tell(runs);
            _experiments.Tell(experiments);
            _tunings.Tell(tunings);
            _leases.Tell(leases);
            _pods.Tell(pods);
            _nodes.Tell(nodes);
        };
        (Lags ? _lastTold ?? tell : tell)();
        _lastTold = tell;
        if (IsNodeHidden)
        {
            _nodes.Tell([]);
        }

        if (IsBlind)
        {
            _leases.Tell([]);
            _pods.Tell([]);
        }
    }

    private void Write<T>(T? value, string? @namespace, string name)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (value is null)
        {
            Cluster.Remove<T>(@namespace, name);
        }
        else
        {
            Cluster.Put(value);
        }
    }

    private static bool Terminated(V1Pod? pod) => pod?.Status?.ContainerStatuses?[0].State.Terminated is not null;

    private static V1ContainerStatus Container(V1ContainerState state) =>
        new() { Name = RunPodNames.Container, Image = "image", ImageID = "image@sha256:1", State = state };
}
