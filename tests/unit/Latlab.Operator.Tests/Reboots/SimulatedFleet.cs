using System.Globalization;
using System.Net;
using k8s;
using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;
using Latlab.Operator.Reboots;
using Latlab.Operator.Reservations;
using Latlab.Operator.Runs;
using Latlab.Operator.Runtime;
using Microsoft.Extensions.Time.Testing;
using Prometheus;

namespace Latlab.Operator.Tests.Reboots;

/// <summary>
/// The nodes of a TunedNode with their agents and kubelets, an API server that knows versions, caches that lag behind it, and the real controller. Each generation of the
/// spec needs a reboot. Everything that a reboot must never do is checked at the moment at which it would be done.
/// </summary>
internal sealed class SimulatedFleet : IEntityClient, INodeActions, IPodEvictions, IEventPublisher
{
    private readonly Lock _gate = new();
    private readonly OperatorSettings _settings = new() { AllowReboots = true };
    private readonly Dictionary<(Type Type, string Name), IKubernetesObject<V1ObjectMeta>> _live = [];
    private readonly Dictionary<(string Uid, long Generation, bool Restoring), List<string>> _grants = [];
    private readonly EntityStore<V1Alpha1TunedNode> _tunedNodes = Store<V1Alpha1TunedNode>();
    private readonly EntityStore<V1Alpha1NodeTuning> _tunings = Store<V1Alpha1NodeTuning>();
    private readonly EntityStore<V1Node> _nodes = Store<V1Node>();
    private readonly EntityStore<V1Lease> _leases = Store<V1Lease>();
    private readonly RebootController _controller;
    private Action? _delayed;
    private long _version;
    private int _boots;

    public SimulatedFleet(int nodes, DisruptionPolicy policy)
    {
        var runs = new EntityStore<V1Alpha1LatencyRun>("run", new Dictionary<string, Func<V1Alpha1LatencyRun, IEnumerable<string>>> { [RunIndexes.ByUid] = run => [run.Metadata.Uid] });
        var metrics = new RebootMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()));
        Observer = new RebootObserver(_tunedNodes, _tunings, _nodes, new NodeHolders(_leases, runs, _settings), this, this, _settings);
        _controller = new RebootController(Observer, new RebootApplier(this, this, this, this, metrics, _settings, Clock), metrics, _settings, Clock);
        policy.Reboot = RebootPolicy.WhenRequired;
        Put(new V1Alpha1TunedNode
        {
            Metadata = new V1ObjectMeta { Name = "lab", Uid = "uid-lab", Generation = 1 },
            Spec = new TunedNodeSpec { NodeSelector = new Dictionary<string, string> { ["lab"] = "yes" }, Boot = new BootTuning(), Disruption = policy },
        });
        foreach (var n in Enumerable.Range(0, nodes))
        {
            Join($"n{n:00}");
        }

        Sync();
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2030, 1, 4, 12, 0, 0, TimeSpan.Zero));

    public RebootObserver Observer { get; }

    public List<(string Node, string Reason)> Events { get; } = [];

    /// <summary>Pods on the nodes; a true value is one that a PodDisruptionBudget keeps.</summary>
    public Dictionary<string, List<(V1Pod Pod, bool Kept)>> Pods { get; } = [];

    /// <summary>Nodes whose kernel drops the arguments: a reboot brings them nothing.</summary>
    public HashSet<string> Stubborn { get; } = [];

    /// <summary>What the running kernel was booted with, by node: the generation.</summary>
    public Dictionary<string, long> Booted { get; } = [];

    /// <summary>Nodes that are down.</summary>
    public HashSet<string> Down { get; } = [];

    /// <summary>Writes until the operator is killed; negative is never.</summary>
    public int WritesLeft { get; set; } = -1;

    /// <summary>Has the next write of a record arrive only with <see cref="Deliver"/>.</summary>
    public bool DelayNext { get; set; }

    /// <summary>Most nodes of ours that were cordoned at once.</summary>
    public int MostCordoned { get; private set; }

    /// <summary>Grants so far.</summary>
    public int Grants => _grants.Values.Sum(boots => boots.Count);

    public V1Alpha1TunedNode TunedNode => Find<V1Alpha1TunedNode>("lab")!;

    public IEnumerable<string> Names => All<V1Node>().Select(node => node.Metadata.Name).Order(StringComparer.Ordinal).ToList();

    private int Most => TunedNode.Spec.Disruption!.MaxUnavailable.Of(All<V1Node>().Count);

    public V1Node Node(string name) => Find<V1Node>(name)!;

    public V1Alpha1NodeTuning Tuning(string name) => Find<V1Alpha1NodeTuning>(name)!;

    public RebootRecord Record(string name) => RebootRecord.Of(Find<V1Alpha1NodeTuning>(name));

    public V1Lease? Lease(string name) => Find<V1Lease>(NodeReservation.LeaseName(name));

    public RebootPlan Plan() => RebootPlanner.Plan(Observer.Read(TunedNode), Clock.GetUtcNow());

    /// <summary>A node comes into the cluster.</summary>
    public void Join(string name)
    {
        Put(new V1Node
        {
            Metadata = new V1ObjectMeta { Name = name, Uid = $"node-{_version}", Labels = new Dictionary<string, string> { ["lab"] = "yes" } },
            Spec = new V1NodeSpec(),
            Status = new V1NodeStatus
            {
                Conditions = [new V1NodeCondition { Type = "Ready", Status = "True" }],
                NodeInfo = new V1NodeSystemInfo { BootID = $"boot-{++_boots}" },
            },
        });
        Put(new V1Alpha1NodeTuning
        {
            Metadata = new V1ObjectMeta { Name = name, Uid = $"tuning-{_version}", Generation = 1 },
            Spec = new NodeTuningSpec { TunedNode = new TunedNodeReference { Name = "lab", Uid = "uid-lab", Generation = TunedNode.Metadata.Generation!.Value } },
        });
        Booted[name] = 0;
        Pods[name] = [];
        Down.Remove(name);
        Report(name);
    }

    /// <summary>A node leaves it, and with it its NodeTuning; the ReservationController frees its Lease.</summary>
    public void Vanish(string name)
    {
        _live.Remove((typeof(V1Node), name));
        _live.Remove((typeof(V1Alpha1NodeTuning), name));
        if (NodeReservation.RebootOf(Lease(name)) is not null)
        {
            _live.Remove((typeof(V1Lease), NodeReservation.LeaseName(name)));
        }
    }

    /// <summary>The spec is changed, and the new wish reaches every node.</summary>
    public void Change()
    {
        var tunedNode = TunedNode;
        tunedNode.Metadata.Generation++;
        Put(tunedNode);
        foreach (var name in Names)
        {
            var tuning = Tuning(name);
            tuning.Metadata.Generation++;
            tuning.Spec.TunedNode = tuning.Spec.TunedNode with { Generation = tunedNode.Metadata.Generation!.Value };
            Put(tuning);
        }
    }

    public void Edit<T>(string name, Action<T> change)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var entity = Find<T>(name)!;
        change(entity);
        Put(entity);
    }

    /// <summary>The agent says how the node is, then does what it may.</summary>
    public void Agent(string name)
    {
        if (!Down.Contains(name))
        {
            Report(name);
            var tuning = Tuning(name);
            if (tuning.Metadata.Annotations?.TryGetValue(RebootGrant.BootIdAnnotation, out var boot) == true && boot == tuning.Status!.BootId
                && tuning.Status.Conditions.IsTrue(NodeTuningConditions.RebootRequired))
            {
                Reboot(name);
            }
        }
    }

    /// <summary>The node goes down, for whatever reason.</summary>
    public void Reboot(string name)
    {
        Down.Add(name);
        SetReady(name, ready: false);
    }

    /// <summary>It comes back in a new boot.</summary>
    public void Return(string name)
    {
        if (Down.Remove(name))
        {
            Booted[name] = Stubborn.Contains(name) ? Booted[name] : Wish(name);
            Edit<V1Node>(name, node => node.Status.NodeInfo.BootID = $"boot-{++_boots}");
            SetReady(name, ready: true);
        }
    }

    public void SetReady(string name, bool ready) => Edit<V1Node>(name, node => node.Status.Conditions[0].Status = ready ? "True" : "Unknown");

    /// <summary>A run takes the node, if nobody has it.</summary>
    public void StartRun(string name)
    {
        if (Lease(name) is null)
        {
            Put(NodeReservation.Lease(_settings.RunsNamespace, name, "run-1", "ns/run", Clock.GetUtcNow()));
        }
    }

    public void EndRun(string name)
    {
        if (Lease(name) is { } lease && NodeReservation.RebootOf(lease) is null)
        {
            _live.Remove((typeof(V1Lease), lease.Metadata.Name));
        }
    }

    /// <summary>The caches learn everything.</summary>
    public void Sync()
    {
        SyncNodes();
        foreach (var stale in _tunings.List().Where(t => Find<V1Alpha1NodeTuning>(t.Metadata.Name) is null))
        {
            _tunings.Remove(EntityKey.Of(stale));
        }

        foreach (var lease in _leases.List().Where(l => Find<V1Lease>(l.Metadata.Name) is null))
        {
            _leases.Remove(EntityKey.Of(lease));
        }

        _tunedNodes.Set(TunedNode);
        foreach (var name in Names)
        {
            SyncTuning(name);
        }

        foreach (var lease in All<V1Lease>())
        {
            _leases.Set(lease);
        }
    }

    /// <summary>The cache of nodes alone does.</summary>
    public void SyncNodes()
    {
        foreach (var stale in _nodes.List().Where(n => Find<V1Node>(n.Metadata.Name) is null))
        {
            _nodes.Remove(EntityKey.Of(stale));
        }

        foreach (var node in All<V1Node>())
        {
            _nodes.Set(node);
        }
    }

    /// <summary>The cache learns of one NodeTuning.</summary>
    public void SyncTuning(string name)
    {
        if (Find<V1Alpha1NodeTuning>(name) is { } tuning)
        {
            _tunings.Set(tuning);
        }
    }

    /// <summary>One pass of the controller; false when it failed.</summary>
    public async Task<bool> PassAsync()
    {
        try
        {
            await _controller.ReconcileAsync(_tunedNodes.Get(null, "lab")!, CancellationToken.None);
            return true;
        }
        catch (Exception exception) when (exception is ApiException or TimeoutException or OperationCanceledException)
        {
            // A conflict, or the operator was killed: it is done again.
            return false;
        }
    }

    /// <summary>Lets everything go its way, without faults, for so many passes.</summary>
    public async Task SettleAsync(int passes, bool comeBack = true)
    {
        for (var i = 0; i < passes; i++)
        {
            Sync();
            await PassAsync();
            foreach (var name in Names)
            {
                Agent(name);
                if (comeBack)
                {
                    Return(name);
                }

                Agent(name);
            }

            Clock.Advance(TimeSpan.FromSeconds(5));
        }

        Sync();
    }

    /// <summary>The delayed write arrives.</summary>
    public void Deliver()
    {
        var (late, _) = (_delayed, _delayed = null);
        try
        {
            late?.Invoke();
        }
        catch (ApiException)
        {
            // The object has changed since.
        }
    }

    public Task<T?> GetAsync<T>(string? @namespace, string name, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => Task.FromResult(Find<T>(name));

    public Task<IReadOnlyList<T>> ListAsync<T>(string? @namespace, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => Task.FromResult<IReadOnlyList<T>>(All<T>());

    public Task<T?> TryCreateAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (_gate)
        {
            CountWrite();
            return Task.FromResult(Find<T>(entity.Metadata.Name) is null ? Put(entity) : null);
        }
    }

    public Task<T> ReplaceAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (_gate)
        {
            CountWrite();
            if (DelayNext)
            {
                DelayNext = false;
                _delayed = () => Replace(entity);
                throw new TimeoutException("no answer");
            }

            return Task.FromResult(Replace(entity));
        }
    }

    public Task DeleteAsync<T>(string? @namespace, string name, string? uid, CancellationToken cancellationToken, int? gracePeriodSeconds = null)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (_gate)
        {
            CountWrite();
            if (Find<T>(name)?.Metadata.Uid == uid)
            {
                _live.Remove((typeof(T), name));
            }

            return Task.CompletedTask;
        }
    }

    public Task CordonAsync(string node, string tuningUid, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            CountWrite();
            if (Find<V1Node>(node) is { } live && live.Spec.Unschedulable != true)
            {
                live.Spec.Unschedulable = true;
                live.Metadata.Annotations = new Dictionary<string, string> { [CordonMark.Annotation] = tuningUid };
                Put(live);
                MostCordoned = Math.Max(MostCordoned, All<V1Node>().Count(n => CordonMark.Of(n) is not null));
                Assert.True(All<V1Node>().Count(n => CordonMark.Of(n) is not null) <= Most, "more nodes are cordoned than may be");
                Assert.True(Record(node).HoldsSlot, "a node is cordoned that has no slot");
            }

            return Task.CompletedTask;
        }
    }

    public Task UncordonAsync(string node, string tuningUid, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            CountWrite();
            if (Find<V1Node>(node) is { } live && CordonMark.Of(live) == tuningUid)
            {
                live.Spec.Unschedulable = null;
                live.Metadata.Annotations = null;
                Put(live);
            }

            return Task.CompletedTask;
        }
    }

    public Task TaintAsync(string node, CancellationToken cancellationToken) =>
        Change(node, live => live.Spec.Taints = [.. live.Spec.Taints ?? [], new V1Taint { Key = StartupTaint.Key, Effect = StartupTaint.Effect }]);

    public Task UntaintAsync(string node, CancellationToken cancellationToken) =>
        Change(node, live => live.Spec.Taints = [.. live.Spec.Taints.Where(taint => !StartupTaint.Is(taint))]);

    public Task<IReadOnlyList<V1Pod>> ListAsync(string node, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<V1Pod>>([.. Pods[node].Select(p => p.Pod)]);
        }
    }

    public Task<string?> EvictAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            CountWrite();
            var pods = Pods[pod.Spec.NodeName];
            var found = pods.Find(p => p.Pod.Metadata.Name == pod.Metadata.Name);
            if (found.Kept)
            {
                return Task.FromResult<string?>($"pod {pod.Metadata.Name}: PodDisruptionBudget: quorum");
            }

            pods.Remove(found);
            return Task.FromResult<string?>(null);
        }
    }

    public void Publish(IKubernetesObject<V1ObjectMeta> entity, EventType type, string reason, string message)
    {
        lock (_gate)
        {
            Events.Add((entity.Metadata.Name, reason));
        }
    }

    public Task<T> UpdateStatusAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<T?> RemoveFinalizerAsync<T>(T entity, string finalizer, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<T> ApplyAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<T?> AddFinalizerAsync<T>(T entity, string finalizer, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<T?> AnnotateAsync<T>(string? @namespace, string name, IReadOnlyDictionary<string, string?> annotations, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    /// <summary>A pod of a ReplicaSet, or of nobody.</summary>
    public static V1Pod Pod(string node, string name, string? owner = "ReplicaSet") => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = name,
            NamespaceProperty = "work",
            OwnerReferences = owner is null ? null : [new V1OwnerReference { Kind = owner, Name = "o", Controller = true }],
        },
        Spec = new V1PodSpec { NodeName = node },
        Status = new V1PodStatus { Phase = "Running" },
    };

    private Task Change(string node, Action<V1Node> change)
    {
        lock (_gate)
        {
            CountWrite();
            Edit(node, change);
            return Task.CompletedTask;
        }
    }

    private long Wish(string name) => Tuning(name) is { Metadata.DeletionTimestamp: null } tuning ? tuning.Spec.TunedNode.Generation : 0;

    private void Report(string name)
    {
        var tuning = Tuning(name);
        var (isBooted, isDeleted, now) = (Booted[name] == Wish(name), tuning.Metadata.DeletionTimestamp is not null, Clock.GetUtcNow());
        var status = new NodeTuningStatus
        {
            ObservedGeneration = tuning.Metadata.Generation,
            BootId = Node(name).Status.NodeInfo.BootID,
            Conditions = ((IReadOnlyList<Condition>)[])
                .With(NodeTuningConditions.Effective, isBooted && !isDeleted ? ConditionStatus.True : ConditionStatus.False, "R", "as it is", 1, now)
                .With(NodeTuningConditions.Restored, isDeleted ? ConditionStatus.True : ConditionStatus.False, "R", "", 1, now)
                .With(NodeTuningConditions.RebootRequired, isBooted ? ConditionStatus.False : ConditionStatus.True, "R", "", 1, now),
        };
        if (tuning.Status is null || KubernetesJson.Serialize(tuning.Status) != KubernetesJson.Serialize(status))
        {
            tuning.Status = status;
            Put(tuning);
        }
    }

    private void CountWrite()
    {
        if (WritesLeft == 0)
        {
            throw new OperationCanceledException("killed");
        }

        WritesLeft--;
    }

    private T Replace<T>(T entity)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (_gate)
        {
            var before = Find<T>(entity.Metadata.Name) ?? throw new ApiException(HttpStatusCode.NotFound, "NotFound", "PUT", "gone");
            if (before.Metadata.ResourceVersion != entity.Metadata.ResourceVersion)
            {
                throw new ApiException(HttpStatusCode.Conflict, "Conflict", "PUT", "modified");
            }

            if (before is V1Alpha1NodeTuning old && entity is V1Alpha1NodeTuning tuning)
            {
                CheckGrant(old, tuning);
            }

            return Put(entity);
        }
    }

    private void CheckGrant(V1Alpha1NodeTuning before, V1Alpha1NodeTuning after)
    {
        string? old = null;
        before.Metadata.Annotations?.TryGetValue(RebootGrant.BootIdAnnotation, out old);
        if (!after.Metadata.Annotations.TryGetValue(RebootGrant.BootIdAnnotation, out var boot) || boot == old)
        {
            return;
        }

        var name = after.Metadata.Name;
        var key = (after.Metadata.Uid, after.Spec.TunedNode.Generation, after.Metadata.DeletionTimestamp is not null);
        var boots = _grants.TryGetValue(key, out var known) ? known : _grants[key] = [];
        Assert.DoesNotContain(boot, boots);
        boots.Add(boot);
        Assert.True(boots.Count <= TunedNode.Spec.Disruption!.MaxRebootsPerGeneration, "more reboots than one generation may have");
        Assert.Equal(before.Status!.BootId, boot);
        Assert.True(before.Status.Conditions.IsTrue(NodeTuningConditions.RebootRequired), "a reboot that is not needed");
        Assert.True(Node(name).Spec.Unschedulable == true, "a node is rebooted that is not cordoned");
        Assert.Empty(Pods[name]);
        Assert.Equal(after.Metadata.Uid, NodeReservation.RebootOf(Lease(name)));
    }

    private T? Find<T>(string name)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (_gate)
        {
            return _live.TryGetValue((typeof(T), name), out var found) ? ApiJson.Copy((T)found) : null;
        }
    }

    private List<T> All<T>()
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (_gate)
        {
            return [.. _live.Values.OfType<T>().Select(ApiJson.Copy)];
        }
    }

    private T Put<T>(T entity)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (_gate)
        {
            var copy = ApiJson.Copy(entity);
            copy.Metadata.ResourceVersion = (++_version).ToString(CultureInfo.InvariantCulture);
            copy.Metadata.Uid ??= $"uid-{_version}";
            _live[(typeof(T), copy.Metadata.Name)] = copy;
            return ApiJson.Copy(copy);
        }
    }

    private static EntityStore<T> Store<T>()
        where T : class, IKubernetesObject<V1ObjectMeta> => new(typeof(T).Name, new Dictionary<string, Func<T, IEnumerable<string>>>());
}
