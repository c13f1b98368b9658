using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Crds.Experiments;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Runs;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Tests.Runs;

/// <summary>A run and what is there before it.</summary>
internal static class RunObjects
{
    public const string Node = "n1";

    private const string ExperimentUid = "experiment-uid";

    public static V1Alpha1LatencyRun Run() => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = "x-1",
            NamespaceProperty = "ns",
            Uid = "0f0e0d0c-0b0a-4908-8706-050403020100",
            Generation = 1,
            Finalizers = [LatencyRunResource.CleanUpFinalizer],
            OwnerReferences = [new V1OwnerReference { ApiVersion = "latlab.dev/v1alpha1", Kind = "LatencyExperiment", Name = "x", Uid = ExperimentUid, Controller = true }],
        },
        Spec = new LatencyRunSpec
        {
            Experiment = "x",
            Repetition = 1,
            TunedNode = "t",
            NodeName = Node,
            Forwarder = new ForwarderSpec { Ports = [new ForwarderPort { Interface = "a" }, new ForwarderPort { Interface = "b" }] },
            Traffic = new TrafficSpec { Interface = "g", Rate = 100 },
            Measurement = new MeasurementSpec
            {
                Taps = new TapsSpec { Ingress = "a", Egress = "e" },
                Objectives = [new Objective { Metric = ObjectiveMetric.P99, AtMost = 4 }],
            },
            Interfaces = [.. Names.Select(name => new ResolvedInterface { Name = name, Device = "dev-" + name })],
        },
    };

    public static V1Alpha1LatencyExperiment Experiment() => new()
    {
        Metadata = new V1ObjectMeta { Name = "x", NamespaceProperty = "ns", Uid = ExperimentUid },
        Spec = new LatencyExperimentSpec { TunedNode = "t" },
    };

    public static V1Alpha1NodeTuning EffectiveTuning() => new()
    {
        Metadata = new V1ObjectMeta { Name = Node, Generation = 1 },
        Spec = new NodeTuningSpec
        {
            TunedNode = new TunedNodeReference { Name = "t", Uid = "t-uid", Generation = 1 },
            Interfaces = [.. Names.Select(name => new OfferedInterface { Name = name, Device = "dev-" + name, Namespaces = ["ns"] })],
        },
        Status = new NodeTuningStatus
        {
            ObservedGeneration = 1,
            BootId = "boot-1",
            LedgerDigest = "digest-1",
            Conditions = ((IReadOnlyList<Condition>)[]).With(
                NodeTuningConditions.Effective, ConditionStatus.True, NodeTuningConditions.ReasonAllInEffect, "", 1, DateTimeOffset.UnixEpoch),
        },
    };

    private static IEnumerable<string> Names => ["a", "b", "e", "g"];
}
