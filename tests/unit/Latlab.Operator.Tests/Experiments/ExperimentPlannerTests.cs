using CsCheck;
using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Crds.Experiments;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Runs;
using Latlab.Crds.Tests.Validation;
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

    public static TheoryData<string, string> ChangesAfterTheEnd => new()
    {
        { "rate", "spec.traffic:" },
        { "node", "spec.nodeName:" },
        { "more repetitions", "spec.repetitions:" },
        { "nonsense", "spec.traffic.rate:" },
        { "runs deleted", "spec:" },
    };

    [Theory]
    [MemberData(nameof(ChangesAfterTheEnd))]
    public void A_change_after_the_end_is_refused_and_the_results_stay(string what, string field)
    {
        var observed = Over(repetitions: 2);
        var spec = observed.Experiment.Spec;
        observed.Experiment.Spec = what switch
        {
            "node" => spec with { NodeName = "n2" },
            "more repetitions" => spec with { Repetitions = 3 },
            "nonsense" => spec with { Traffic = spec.Traffic with { Rate = 0 } },
            _ => spec with { Traffic = spec.Traffic with { Rate = 5 } },
        };
        observed.Experiment.Metadata.Generation = 2;
        var plan = Plan(what == "runs deleted" ? observed with { Runs = [] } : observed);
        Assert.Null(plan.NextRun);
        var accepted = plan.Status.Conditions.Get(ExperimentConditions.Accepted)!;
        Assert.Equal(ConditionStatus.False, accepted.Status);
        Assert.StartsWith(field, accepted.Message, StringComparison.Ordinal);
        Assert.Equal(2, plan.Status.ObservedGeneration);
        Assert.Equal(2, accepted.ObservedGeneration);
        Assert.Equal(5, plan.Status.Median!.LatencyNs.P50);
        Assert.True(plan.Status.Conditions.IsTrue(ExperimentConditions.Complete));
        observed.Experiment.Status = plan.Status;
        Assert.Same(plan.Status, Plan(observed).Status);
    }

    [Fact]
    public void A_change_after_the_end_that_is_taken_back_is_forgotten()
    {
        var observed = Over(repetitions: 2);
        var spec = observed.Experiment.Spec;
        observed.Experiment.Spec = spec with { TunedNode = "other" };
        observed.Experiment.Metadata.Generation = 2;
        observed.Experiment.Status = Plan(observed).Status;
        Assert.False(observed.Experiment.Status.Conditions.IsTrue(ExperimentConditions.Accepted));
        observed.Experiment.Spec = spec with { Repetitions = 1 };
        observed.Experiment.Metadata.Generation = 3;
        Assert.True(Plan(observed).Status.Conditions.IsTrue(ExperimentConditions.Accepted));
    }

    [Fact]
    public void Repetitions_that_are_lowered_below_the_runs_made_end_the_experiment_with_all_of_them()
    {
        var observed = Ready(repetitions: 2) with { Runs = [Run(1, RunPhase.Complete, 5), Run(2, RunPhase.Complete, 6), Run(3, RunPhase.Measuring)] };
        var plan = Plan(observed);
        Assert.Null(plan.NextRun);
        Assert.False(plan.Status.Conditions.IsTrue(ExperimentConditions.Complete));
        Assert.Equal("2/3", plan.Status.Valid);

        plan = Plan(observed with { Runs = [.. observed.Runs.Take(2), Run(3, RunPhase.Complete, 7)] });
        Assert.Null(plan.NextRun);
        Assert.Equal(ExperimentPhase.Complete, plan.Status.Phase);
        Assert.True(plan.Status.Conditions.IsTrue(ExperimentConditions.Complete));
        Assert.True(plan.Status.Conditions.IsTrue(ExperimentConditions.Measured));
        Assert.Equal("3/3", plan.Status.Valid);
        Assert.Equal(6, plan.Status.Median!.LatencyNs.P50);
    }

    [Fact]
    public void A_run_that_was_deleted_is_made_again_before_the_experiment_is_complete()
    {
        var plan = Plan(Ready(repetitions: 2) with { Runs = [Run(1, RunPhase.Complete, 5), Run(3, RunPhase.Complete, 5)] });
        Assert.Equal(2, plan.NextRun!.Spec.Repetition);
        Assert.False(plan.Status.Conditions.IsTrue(ExperimentConditions.Complete));
        Assert.Equal("2/3", plan.Status.Valid);
    }

    [Fact]
    public void Raised_repetitions_are_made_while_the_experiment_is_not_complete()
    {
        var plan = Plan(Ready(repetitions: 3) with { Runs = [Run(1, RunPhase.Complete, 5)] });
        Assert.Equal(2, plan.NextRun!.Spec.Repetition);
    }

    [Fact]
    public void One_that_is_refused_for_wishing_no_run_is_not_complete()
    {
        var plan = Plan(Ready(repetitions: 0));
        Assert.Equal(ExperimentPhase.Pending, plan.Status.Phase);
        Assert.False(plan.Status.Conditions.IsTrue(ExperimentConditions.Complete));
    }

    public static TheoryData<string, ConditionStatus, string> ObjectiveRows => new()
    {
        { "", ConditionStatus.Unknown, ExperimentConditions.ReasonRunning },
        { "met", ConditionStatus.Unknown, ExperimentConditions.ReasonRunning },
        { "met failed", ConditionStatus.Unknown, ExperimentConditions.ReasonRunning },
        { "missed", ConditionStatus.False, ExperimentConditions.ReasonMissed },
        { "met missed running", ConditionStatus.False, ExperimentConditions.ReasonMissed },
        { "met met met", ConditionStatus.True, ExperimentConditions.ReasonMet },
        { "met met failed", ConditionStatus.Unknown, ExperimentConditions.ReasonRunsWithoutResult },
        { "met invalid met", ConditionStatus.Unknown, ExperimentConditions.ReasonRunsWithoutResult },
        { "failed failed failed", ConditionStatus.Unknown, ExperimentConditions.ReasonRunsWithoutResult },
        { "met missed failed", ConditionStatus.False, ExperimentConditions.ReasonMissed },
    };

    [Theory]
    [MemberData(nameof(ObjectiveRows))]
    public void Objectives_are_missed_by_one_run_and_met_only_by_all(string runs, ConditionStatus status, string reason)
    {
        var observed = WithObjective(Ready(repetitions: 3));
        observed = observed with
        {
            Runs =
            [
                .. runs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((what, i) => what switch
                {
                    "failed" => WithObjective(Run(i + 1, RunPhase.Failed)),
                    "invalid" => WithObjective(Run(i + 1, RunPhase.Invalid, 5), met: true),
                    "running" => WithObjective(Run(i + 1, RunPhase.Measuring)),
                    _ => WithObjective(Run(i + 1, RunPhase.Complete, 5), met: what == "met"),
                }),
            ],
        };
        var condition = Plan(observed).Status.Conditions.Get(ExperimentConditions.ObjectivesMet)!;
        Assert.Equal((status, reason), (condition.Status, condition.Reason));
    }

    [Fact]
    public void Without_objectives_there_are_none_to_meet() => Assert.Equal(
        ExperimentConditions.ReasonNone, Plan(Ready() with { Runs = [Run(1, RunPhase.Complete, 5)] }).Status.Conditions.Get(ExperimentConditions.ObjectivesMet)!.Reason);

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
        { "refused TunedNode", "spec.tunedNode" },
        { "too many captures", "spec.artifacts.pcap" },
        { "frame longer than the wire's", "spec.traffic.frameSize" },
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
            "refused TunedNode" => Wires(observed, new VirtualWire { Name = "no-name" }),
            "too many captures" => With(observed, Pcap(spec with { Traffic = spec.Traffic with { Rate = 100_000_000, Duration = "1h" }, Measurement = spec.Measurement with { Window = "5ms" } }, repetitions: 1)),
            "frame longer than the wire's" => Wires(With(observed, spec with { Traffic = spec.Traffic with { FrameSize = 1518 } }), new VirtualWire { Name = "right", Mtu = 1499 }),
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

    [Fact]
    public void A_refusal_of_everything_at_once_fits_into_a_condition_and_lists_the_offers_once()
    {
        var observed = Ready();
        var many = Enumerable.Range(0, 128).Select(i => new OfferedInterface { Name = $"i{i}-{new string('x', 58)}", Device = $"d{i}", Namespaces = ["ns"] }).ToList();
        observed.TunedNode!.Spec = observed.TunedNode.Spec with { Interfaces = many };
        var message = Plan(observed).Status.Conditions.Get(ExperimentConditions.Accepted)!.Message;
        Assert.Equal(2, message.Split("it offers i0-").Length);
        Assert.Contains("spec.measurement.taps.egress: ", message, StringComparison.Ordinal);

        observed.Experiment.Spec = observed.Experiment.Spec with { TunedNode = new string('t', 1_000_000) };
        Assert.InRange(Plan(observed).Status.Conditions.Get(ExperimentConditions.Accepted)!.Message.Length, 1, 1_000);
    }

    [Fact]
    public void Captures_up_to_the_limit_are_kept_and_the_limit_is_the_administrators()
    {
        // 2 taps, 1000 packets/s, 1 s + 10 s, 64 + 16 bytes, 12 runs: 20.1 MiB.
        var observed = With(Ready(), Pcap(Ready().Experiment.Spec, repetitions: 12));
        Assert.NotNull(ExperimentPlanner.Plan(observed, Settings with { ArtifactsLimitMiB = 21 }, Now).NextRun);
        var plan = ExperimentPlanner.Plan(observed, Settings with { ArtifactsLimitMiB = 20 }, Now);
        Assert.Null(plan.NextRun);
        var message = plan.Status.Conditions.Get(ExperimentConditions.Accepted)!.Message;
        Assert.Contains("21 MiB", message, StringComparison.Ordinal);
        Assert.Contains("more than the 20 ", message, StringComparison.Ordinal);
        Assert.Contains("runs.artifactsLimitMiB", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_largest_captures_that_a_spec_can_wish_for_are_counted()
    {
        var spec = Pcap(Ready().Experiment.Spec, repetitions: 1000);
        var largest = spec with { Traffic = spec.Traffic with { Rate = 100_000_000, FrameSize = 1518, WarmUp = "24h", Duration = "24h" } };
        Assert.Equal(2m * 100_000_000 * 172_800 * 1534 * 1000 / 1_048_576, CaptureSize.InMiB(largest), 0);
    }

    [Theory]
    [InlineData(1500, "right", true)]
    [InlineData(1499, "right", false)]
    [InlineData(1499, "spare", true)]
    public void A_frame_must_fit_the_wires_that_the_experiment_uses(int mtu, string wire, bool fits)
    {
        var observed = Ready();
        var spec = observed.Experiment.Spec;
        observed = Wires(With(observed, spec with { Traffic = spec.Traffic with { FrameSize = 1518 } }), new VirtualWire { Name = "left" }, new VirtualWire { Name = wire, Mtu = mtu });
        Assert.Equal(fits, Plan(observed).NextRun is not null);
    }

    [Fact]
    public void Any_spec_is_planned_without_an_exception_and_its_message_fits() => AnySpec.Experiment.Select(AnySpec.TunedNode, Gen.Bool, Gen.Bool).Sample((spec, tunedNode, fits, over) =>
    {
        var observed = over ? Over(repetitions: 1) : Ready();
        observed.Experiment.Spec = spec;
        observed.Experiment.Metadata.Generation = 2;
        observed.TunedNode!.Spec = fits ? observed.TunedNode.Spec : tunedNode;
        var status = Plan(observed).Status;
        return status.Conditions.All(c => c.Message.Length <= Condition.LongestMessage);
    });

    [Fact]
    public void A_missing_spec_is_refused()
    {
        var observed = Ready();
        observed.Experiment.Spec = null!;
        Assert.StartsWith("spec: ", Plan(observed).Status.Conditions.Get(ExperimentConditions.Accepted)!.Message, StringComparison.Ordinal);
    }

    private static LatencyExperimentSpec Pcap(LatencyExperimentSpec spec, int repetitions) =>
        spec with { Artifacts = new ArtifactsSpec { Pcap = true }, Repetitions = repetitions };

    private static ExperimentObservation Wires(ExperimentObservation observed, params VirtualWire[] wires)
    {
        observed.TunedNode!.Spec = observed.TunedNode.Spec with { VirtualWires = wires };
        return observed;
    }

    private static ExperimentObservation Over(int repetitions)
    {
        var observed = Ready(repetitions) with { Runs = [.. Enumerable.Range(1, repetitions).Select(i => Run(i, RunPhase.Complete, 5))] };
        observed.Experiment.Status = Plan(observed).Status;
        Assert.True(observed.Experiment.Status.Conditions.IsTrue(ExperimentConditions.Complete));
        return observed;
    }

    private static ExperimentObservation WithObjective(ExperimentObservation observed)
    {
        var spec = observed.Experiment.Spec;
        return With(observed, spec with { Measurement = Bounded(spec.Measurement) });
    }

    private static V1Alpha1LatencyRun WithObjective(V1Alpha1LatencyRun run, bool? met = null)
    {
        run.Spec = run.Spec with { Measurement = Bounded(run.Spec.Measurement) };
        run.Status = run.Status! with
        {
            Objectives = met is { } m ? [new ObjectiveOutcome { Metric = ObjectiveMetric.P99, AtMost = 10, Measured = 5, Met = m }] : [],
        };
        return run;
    }

    private static MeasurementSpec Bounded(MeasurementSpec measurement) =>
        measurement with { Objectives = [new Objective { Metric = ObjectiveMetric.P99, AtMost = 10 }] };

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
