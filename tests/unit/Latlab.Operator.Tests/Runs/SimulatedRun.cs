using System.Text.Json;
using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Crds.Experiments;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Runs;
using Latlab.Operator.Entities;
using Latlab.Operator.Runs;

namespace Latlab.Operator.Tests.Runs;

/// <summary>
/// A run with the part of a cluster that it sees: the planner's steps are carried out on it, kubelet's and the containers' doings happen when told.
/// It counts what must happen at most once.
/// </summary>
internal sealed class SimulatedRun
{
    private readonly Dictionary<RunRole, V1Pod> _pods = [];
    private V1Lease? _lease;

    public DateTimeOffset Now { get; set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public V1Alpha1LatencyRun Run { get; } = NewRun();

    public V1Alpha1NodeTuning? Tuning { get; set; } = EffectiveTuning();

    public RunPlan LastPlan { get; private set; } = null!;

    public Dictionary<RunRole, int> Created { get; } = [];

    public bool FinalizerRemoved { get; private set; }

    public bool LeaseHeld => _lease is not null;

    public int PodsLeft => _pods.Count;

    public V1Lease? Lease
    {
        get => _lease;
        set => _lease = value;
    }

    public bool LeaseIsStale { get; set; }

    public RunPhase? Phase => Run.Status?.Phase;

    public Condition? Measured => Run.Status?.Conditions.Get(RunConditions.Measured);

    /// <summary>One reconcile. A crash comes after the status was written and that many steps were done; null is none.</summary>
    public void Reconcile(int? crashAfterSteps = null)
    {
        LastPlan = RunPlanner.Plan(Observe(), new OperatorSettings(), Now);
        Run.Status = LastPlan.Status;
        foreach (var step in LastPlan.Steps.Take(crashAfterSteps ?? int.MaxValue))
        {
            Apply(step);
        }
    }

    /// <summary>Reconciles, with kubelet and containers doing well in between, until nothing changes.</summary>
    public void RunToEnd()
    {
        for (var i = 0; i < 60; i++)
        {
            Reconcile();
            Progress();
        }
    }

    /// <summary>Reconciles, all going well, until a phase is reached.</summary>
    public void RunTo(RunPhase phase)
    {
        for (var i = 0; Phase != phase; i++)
        {
            Assert.True(i < 60, $"never reached {phase}, is in {Phase}");
            Reconcile();
            if (Phase != phase)
            {
                Progress();
            }
        }
    }

    /// <summary>What kubelet and well-behaved containers do next.</summary>
    public void Progress()
    {
        foreach (var (role, pod) in _pods.ToList())
        {
            if (pod.Metadata.DeletionTimestamp is not null)
            {
                End(role, 143, role == RunRole.Forwarder ? ForwarderReport() : null);
                continue;
            }

            if (role == RunRole.Generator)
            {
                End(role, 0, GeneratorReport(1000));
            }
            else if (role == RunRole.Meter && Pod(RunRole.Generator)?.Status?.ContainerStatuses?[0].State.Terminated is not null)
            {
                End(role, 0, MeterReport(1000, 1000));
            }
            else
            {
                SetReady(role);
            }
        }
    }

    public V1Pod? Pod(RunRole role) => _pods.GetValueOrDefault(role);

    public void SetReady(RunRole role)
    {
        var pod = _pods[role];
        if (pod.Status?.ContainerStatuses is null)
        {
            pod.Status = new V1PodStatus
            {
                Phase = "Running",
                Conditions = [new V1PodCondition { Type = "Ready", Status = "True" }],
                ContainerStatuses = [Container(new V1ContainerState { Running = new V1ContainerStateRunning() })],
            };
        }
    }

    public void SetWaiting(RunRole role, string reason, string message) => _pods[role].Status = new V1PodStatus
    {
        Phase = "Pending",
        ContainerStatuses = [Container(new V1ContainerState { Waiting = new V1ContainerStateWaiting { Reason = reason, Message = message } })],
    };

    public void End(RunRole role, int exitCode, string? report = null, string reason = "Completed")
    {
        var pod = _pods[role];
        if (pod.Status?.ContainerStatuses?[0].State.Terminated is not null)
        {
            return;
        }

        pod.Status = new V1PodStatus
        {
            Phase = exitCode == 0 ? "Succeeded" : "Failed",
            ContainerStatuses =
            [
                Container(new V1ContainerState { Terminated = new V1ContainerStateTerminated { ExitCode = exitCode, Reason = reason, Message = report } }),
            ],
        };
    }

    public static string MeterReport(long sent, long matched, long ingressDrops = 0, long negative = 0) => JsonSerializer.Serialize(
        new MeterReport
        {
            EndMarkerSeen = true,
            Cpus = "0",
            Results = new RunResults
            {
                Sent = sent,
                Received = matched + negative,
                Matched = matched,
                Lost = sent - matched,
                Negative = negative,
                CaptureDrops = new CaptureDrops { Ingress = ingressDrops },
                LatencyNs = matched == 0 ? null : new LatencySummary { Min = 1, Mean = 2, P50 = 2, P90 = 3, P99 = 4, P999 = 5, P9999 = 6, Max = 7 },
                LossPercent = "0",
                OfferedRate = 100,
            },
        },
        PodReportJson.Default.MeterReport);

    public static string GeneratorReport(long sent) =>
        JsonSerializer.Serialize(new GeneratorReport { Sent = sent, OfferedRate = 100, Cpus = "0" }, PodReportJson.Default.GeneratorReport);

    public static string ForwarderReport() => JsonSerializer.Serialize(
        new ForwarderReport { Cpus = "1", Command = "dpdk-testpmd …", DpdkVersion = "22.11" }, PodReportJson.Default.ForwarderReport);

    private RunObservation Observe() => new()
    {
        Run = Run,
        Tuning = Tuning,
        Lease = _lease,
        LeaseIsStale = LeaseIsStale,
        Meter = PodState.From(Pod(RunRole.Meter)),
        Forwarder = PodState.From(Pod(RunRole.Forwarder)),
        Generator = PodState.From(Pod(RunRole.Generator)),
    };

    private void Apply(RunStep step)
    {
        switch (step)
        {
            case RunStep.ReserveNode:
                _lease ??= Reserved(Run.Metadata.Uid);
                break;
            case RunStep.DropStaleReservation or RunStep.ReleaseNode:
                Assert.Equal(0, step is RunStep.ReleaseNode ? PodsLeft : 0);
                _lease = null;
                break;
            case RunStep.CreatePod create when !_pods.ContainsKey(create.Role):
                Created[create.Role] = Created.GetValueOrDefault(create.Role) + 1;
                _pods[create.Role] = new V1Pod
                {
                    Metadata = new V1ObjectMeta { Name = RunPodNames.For(create.Role, Run.Metadata.Uid) },
                    Spec = new V1PodSpec { NodeName = Run.Spec.NodeName },
                };
                break;
            case RunStep.DeletePod delete when _pods.TryGetValue(delete.Role, out var pod):
                pod.Metadata.DeletionTimestamp ??= Now.UtcDateTime;
                break;
            case RunStep.LetPodGo letGo:
                _pods.Remove(letGo.Role);
                break;
            case RunStep.RemoveFinalizer:
                FinalizerRemoved = true;
                Run.Metadata.Finalizers = [];
                break;
        }
    }

    public V1Lease Reserved(string holder) => new()
    {
        Metadata = new V1ObjectMeta { Name = "node-n1", Uid = "lease-" + holder },
        Spec = new V1LeaseSpec { HolderIdentity = holder, AcquireTime = Now.UtcDateTime },
    };

    private static V1ContainerStatus Container(V1ContainerState state) =>
        new() { Name = RunPodNames.Container, Image = "image", ImageID = "image@sha256:1", State = state };

    public static V1Alpha1NodeTuning EffectiveTuning() => new()
    {
        Metadata = new V1ObjectMeta { Name = "n1", Generation = 1 },
        Status = new NodeTuningStatus
        {
            ObservedGeneration = 1,
            BootId = "boot-1",
            LedgerDigest = "digest-1",
            Conditions = ((IReadOnlyList<Condition>)[]).With(
                NodeTuningConditions.Effective, ConditionStatus.True, NodeTuningConditions.ReasonAllInEffect, "", 1, DateTimeOffset.UnixEpoch),
        },
    };

    private static V1Alpha1LatencyRun NewRun() => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = "x-1",
            NamespaceProperty = "ns",
            Uid = "0f0e0d0c-0b0a-4908-8706-050403020100",
            Generation = 1,
            Finalizers = [LatencyRunResource.CleanUpFinalizer],
        },
        Spec = new LatencyRunSpec
        {
            Experiment = "x",
            Repetition = 1,
            NodeName = "n1",
            Forwarder = new ForwarderSpec { Ports = [new ForwarderPort { Interface = "a" }, new ForwarderPort { Interface = "b" }] },
            Traffic = new TrafficSpec { Interface = "g", Rate = 100 },
            Measurement = new MeasurementSpec
            {
                Taps = new TapsSpec { Ingress = "a", Egress = "e" },
                Objectives = [new Objective { Metric = ObjectiveMetric.P99, AtMost = 4 }],
            },
        },
    };
}
