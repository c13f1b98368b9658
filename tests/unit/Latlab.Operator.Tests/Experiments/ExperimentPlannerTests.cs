using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Crds.Experiments;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Runs;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;
using Latlab.Operator.Experiments;

namespace Latlab.Operator.Tests.Experiments;

public sealed class ExperimentPlannerTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly OperatorSettings Settings = new() { ForwarderImage = "forwarder:1", AllowedForwarderImages = ["other:2"] };

    [Fact]
    public void An_accepted_experiment_on_a_tuned_node_gets_its_first_run_with_devices_resolved()
    {
        var plan = Plan(Ready());
        var run = plan.NextRun!;
        Assert.Equal("x-1", run.Metadata.Name);
        Assert.Equal("ns", run.Metadata.NamespaceProperty);
        Assert.Equal("n1", run.Spec.NodeName);
        Assert.Equal(LatencyRunResource.CleanUpFinalizer, run.Metadata.Finalizers.Single());
        Assert.Equal("uid-x", run.Metadata.OwnerReferences.Single().Uid);
        Assert.Equal(
            [("egress", "right-b"), ("gen", "left-a"), ("in", "left-b"), ("out", "right-a")], run.Spec.Interfaces.Select(i => (i.Name, i.Device)));
        Assert.True(plan.Status.Conditions.IsTrue(ExperimentConditions.Accepted));
        Assert.True(plan.Status.Conditions.IsTrue(ExperimentConditions.NodeReady));
    }

    [Fact]
    public void While_a_run_is_under_way_there_is_no_next_one()
    {
        var plan = Plan(Ready(repetitions: 3) with { Runs = [Run(1, RunPhase.Measuring)] });
        Assert.Null(plan.NextRun);
        Assert.Equal(ExperimentPhase.Running, plan.Status.Phase);
    }

    [Fact]
    public void After_a_failed_run_the_next_one_goes_on()
    {
        var plan = Plan(Ready(repetitions: 3) with { Runs = [Run(1, RunPhase.Failed)] });
        Assert.Equal(2, plan.NextRun!.Spec.Repetition);
        Assert.Equal(ConditionStatus.False, plan.Status.Conditions.Get(ExperimentConditions.Measured)!.Status);
    }

    [Fact]
    public void The_median_is_the_lower_one_over_valid_runs_only()
    {
        var plan = Plan(Ready(repetitions: 4) with
        {
            Runs = [Run(1, RunPhase.Complete, 300), Run(2, RunPhase.Complete, 100), Run(3, RunPhase.Complete, 200), Run(4, RunPhase.Complete, 400)],
        });
        Assert.Equal(ExperimentPhase.Complete, plan.Status.Phase);
        Assert.Equal(200, plan.Status.Median!.LatencyNs.P50);
        Assert.Equal("4/4", plan.Status.Valid);
        Assert.True(plan.Status.Conditions.IsTrue(ExperimentConditions.Complete));
        Assert.True(plan.Status.Conditions.IsTrue(ExperimentConditions.Measured));
    }

    [Fact]
    public void An_invalid_runs_numbers_never_enter_the_median()
    {
        var plan = Plan(Ready(repetitions: 2) with { Runs = [Run(1, RunPhase.Complete, 300), Run(2, RunPhase.Invalid, 1)] });
        Assert.Equal(ExperimentPhase.Invalid, plan.Status.Phase);
        Assert.Equal(300, plan.Status.Median!.LatencyNs.P50);
        Assert.Equal("1/2", plan.Status.Valid);
    }

    [Fact]
    public void An_experiment_that_is_over_makes_no_run_again_though_its_runs_were_deleted()
    {
        var observed = Ready() with { Runs = [Run(1, RunPhase.Complete, 5)] };
        observed.Experiment.Status = Plan(observed).Status;
        var plan = Plan(observed with { Runs = [] });
        Assert.Null(plan.NextRun);
        Assert.Equal(5, plan.Status.Median!.LatencyNs.P50);
    }

    [Fact]
    public void Planning_again_changes_nothing()
    {
        var observed = Ready() with { Runs = [Run(1, RunPhase.Measuring)] };
        var first = Plan(observed).Status;
        observed.Experiment.Status = first;
        var second = ExperimentPlanner.Plan(observed, Settings, Now.AddHours(1)).Status;
        Assert.Equal(k8s.KubernetesJson.Serialize(first), k8s.KubernetesJson.Serialize(second));
    }

    [Fact]
    public void A_tuning_that_is_not_in_effect_is_waited_for()
    {
        var observed = Ready();
        observed.Tunings[0].Status = observed.Tunings[0].Status! with { Conditions = [] };
        var plan = Plan(observed);
        Assert.Null(plan.NextRun);
        Assert.True(plan.Status.Conditions.IsTrue(ExperimentConditions.Accepted));
        Assert.Equal(ConditionStatus.False, plan.Status.Conditions.Get(ExperimentConditions.NodeReady)!.Status);
    }

    [Fact]
    public void A_tuning_of_an_older_generation_is_waited_for()
    {
        var observed = Ready();
        observed.TunedNode!.Metadata.Generation = 2;
        Assert.Null(Plan(observed).NextRun);
    }

    public static TheoryData<string, string> Refusals => new()
    {
        { "no TunedNode", "spec.tunedNode" },
        { "no such interface", "spec.traffic.interface" },
        { "foreign namespace", "spec.measurement.taps.egress" },
        { "too many CPUs", "spec.forwarder.cpus" },
        { "too much memory", "spec.forwarder.memoryMiB" },
        { "too many hugepages", "spec.forwarder.hugePages.count" },
        { "unknown image", "spec.forwarder.image" },
        { "rate 0", "spec.traffic.rate" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_cannot_be_is_refused_with_its_field_and_a_remedy_and_nothing_is_created(string what, string field)
    {
        var observed = Ready();
        var spec = observed.Experiment.Spec;
        observed = what switch
        {
            "no TunedNode" => observed with { TunedNode = null },
            "no such interface" => With(observed, spec with { Traffic = spec.Traffic with { Interface = "nowhere" } }),
            "foreign namespace" => Foreign(observed),
            "too many CPUs" => With(observed, spec with { Forwarder = spec.Forwarder! with { Cpus = 2 } }),
            "too much memory" => With(observed, spec with { Forwarder = spec.Forwarder! with { MemoryMiB = 5000 } }),
            "too many hugepages" => With(observed, spec with { Forwarder = spec.Forwarder! with { HugePages = new ForwarderHugePages { Size = "2Mi", Count = 128 } } }),
            "unknown image" => With(observed, spec with { Forwarder = spec.Forwarder! with { Image = "evil:latest" } }),
            _ => With(observed, spec with { Traffic = spec.Traffic with { Rate = 0 } }),
        };
        var plan = Plan(observed);
        Assert.Null(plan.NextRun);
        var accepted = plan.Status.Conditions.Get(ExperimentConditions.Accepted)!;
        Assert.Equal(ConditionStatus.False, accepted.Status);
        Assert.StartsWith(field + ":", accepted.Message, StringComparison.Ordinal);
        Assert.Contains("; ", accepted.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_spec_that_changes_after_the_first_run_is_refused_and_no_further_run_is_made()
    {
        var observed = Ready(repetitions: 2);
        var first = Plan(observed).NextRun!;
        first.Status = new LatencyRunStatus { Phase = RunPhase.Complete };
        Assert.NotNull(Plan(observed with { Runs = [first] }).NextRun);
        observed.Experiment.Spec = observed.Experiment.Spec with { Traffic = observed.Experiment.Spec.Traffic with { Rate = 5 } };
        var plan = Plan(observed with { Runs = [first] });
        Assert.Null(plan.NextRun);
        Assert.StartsWith("spec.traffic:", plan.Status.Conditions.Get(ExperimentConditions.Accepted)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_on_the_list_is_accepted()
    {
        var observed = Ready();
        var spec = observed.Experiment.Spec;
        Assert.NotNull(Plan(With(observed, spec with { Forwarder = spec.Forwarder! with { Image = "other:2" } })).NextRun);
    }

    private static ExperimentPlan Plan(ExperimentObservation observed) => ExperimentPlanner.Plan(observed, Settings, Now);

    private static ExperimentObservation With(ExperimentObservation observed, LatencyExperimentSpec spec)
    {
        observed.Experiment.Spec = spec;
        return observed;
    }

    private static ExperimentObservation Foreign(ExperimentObservation observed)
    {
        var tunedNode = observed.TunedNode!;
        tunedNode.Spec = tunedNode.Spec with
        {
            Interfaces = [.. tunedNode.Spec.Interfaces.Select(i => i.Name == "egress" ? i with { Namespaces = ["others"] } : i)],
        };
        return observed;
    }

    private static V1Alpha1LatencyRun Run(int repetition, RunPhase phase, long p50 = 0) => new()
    {
        Metadata = new V1ObjectMeta { Name = $"x-{repetition}", NamespaceProperty = "ns" },
        Spec = RunSpec(repetition),
        Status = new LatencyRunStatus
        {
            Phase = phase,
            Results = p50 == 0 ? null : new RunResults { Sent = 1, Matched = 1, LatencyNs = new LatencySummary { P50 = p50 }, LossPercent = "0" },
        },
    };

    private static LatencyRunSpec RunSpec(int repetition) =>
        ExperimentPlanner.Plan(Ready(), Settings, Now).NextRun!.Spec with { Repetition = repetition };

    private static ExperimentObservation Ready(int repetitions = 1)
    {
        OfferedInterface Offer(string name, string device) => new() { Name = name, Device = device, Namespaces = ["ns"] };
        return new ExperimentObservation
        {
            Experiment = new V1Alpha1LatencyExperiment
            {
                Metadata = new V1ObjectMeta { Name = "x", NamespaceProperty = "ns", Uid = "uid-x", Generation = 1 },
                Spec = new LatencyExperimentSpec
                {
                    TunedNode = "tn",
                    Repetitions = repetitions,
                    Forwarder = new ForwarderSpec { Ports = [new ForwarderPort { Interface = "in" }, new ForwarderPort { Interface = "out" }] },
                    Traffic = new TrafficSpec { Interface = "gen", Rate = 1000 },
                    Measurement = new MeasurementSpec { Taps = new TapsSpec { Ingress = "in", Egress = "egress" } },
                },
            },
            TunedNode = new V1Alpha1TunedNode
            {
                Metadata = new V1ObjectMeta { Name = "tn", Uid = "uid-tn", Generation = 1 },
                Spec = new TunedNodeSpec
                {
                    NodeName = "n1",
                    Interfaces = [Offer("gen", "left-a"), Offer("in", "left-b"), Offer("out", "right-a"), Offer("egress", "right-b")],
                },
            },
            Tunings =
            [
                new V1Alpha1NodeTuning
                {
                    Metadata = new V1ObjectMeta { Name = "n1", Generation = 1 },
                    Spec = new NodeTuningSpec { TunedNode = new TunedNodeReference { Name = "tn", Uid = "uid-tn", Generation = 1 } },
                    Status = new NodeTuningStatus
                    {
                        ObservedGeneration = 1,
                        Conditions = ((IReadOnlyList<Condition>)[]).With(NodeTuningConditions.Effective, ConditionStatus.True, "AllInEffect", "", 1, Now),
                    },
                },
            ],
            Nodes = new Dictionary<string, V1Node>
            {
                ["n1"] = new()
                {
                    Metadata = new V1ObjectMeta { Name = "n1" },
                    Status = new V1NodeStatus
                    {
                        Allocatable = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("1"), ["memory"] = new("4Gi"), ["hugepages-2Mi"] = new("128Mi") },
                    },
                },
            },
        };
    }
}
