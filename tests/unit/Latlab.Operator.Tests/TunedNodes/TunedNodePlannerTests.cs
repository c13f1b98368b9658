using CsCheck;
using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Tests.Validation;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;
using Latlab.Operator.Reboots;
using Latlab.Operator.TunedNodes;

namespace Latlab.Operator.Tests.TunedNodes;

public sealed class TunedNodePlannerTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_matching_node_gets_a_wish_and_no_other_does()
    {
        var plan = Plan(Observe(TunedNode("a", Selector("x")), nodes: [Node("n1", "x"), Node("n2", "y"), Node("n3", "x")]));
        Assert.Equal(["n1", "n3"], plan.Apply.Select(w => w.NodeName));
        Assert.Equal("a", plan.Apply[0].Spec.TunedNode.Name);
        Assert.Equal(2, plan.Status.MatchedNodes);
    }

    [Fact]
    public void A_tuning_that_is_up_to_date_is_not_written_again()
    {
        var tunedNode = TunedNode("a", Selector("x"));
        var plan = Plan(Observe(tunedNode, [Node("n1", "x")], [Tuning("n1", tunedNode, effective: true)]));
        Assert.Empty(plan.Apply);
        Assert.True(plan.Status.Conditions.IsTrue(TunedNodeConditions.Effective));
        Assert.Equal(1, plan.Status.EffectiveNodes);
    }

    [Theory]
    [InlineData(null, 128, ConditionStatus.False, "offers 0 of 256 MiB of hugepages-2Mi")]
    [InlineData("128Mi", 128, ConditionStatus.False, "offers 128 of 256 MiB of hugepages-2Mi")]
    [InlineData("256Mi", 128, ConditionStatus.True, "offers the hugepages that there are")]
    // A pool became smaller: pods go on being sent there.
    [InlineData("1Gi", 128, ConditionStatus.False, "offers 1024 MiB of hugepages-2Mi to pods, and there are 256: pods that get the rest fail")]
    [InlineData("256Mi", 0, ConditionStatus.False, "and there are 0")]
    [InlineData("256Mi", null, ConditionStatus.Unknown, "of 1 of 1 nodes no agent has said")]
    public void Hugepages_that_kubelet_counts_otherwise_than_they_are_are_told(string? offered, int? seen, ConditionStatus status, string message)
    {
        var node = Node("n1", "x");
        if (offered is not null)
        {
            node.Status = new V1NodeStatus { Allocatable = new Dictionary<string, ResourceQuantity> { ["hugepages-2Mi"] = new(offered) } };
        }

        foreach (var spec in new[]
            {
                Selector("x") with { Memory = new() { HugePages = [new() { Size = "2Mi", Count = 128 }] } },
                Selector("x") with { Kernel = new() { Arguments = ["hugepagesz=2M hugepages=128"] } },
                Selector("x"),
            })
        {
            var tunedNode = TunedNode("a", spec);
            // Another knob that is not in effect changes nothing about it.
            var condition = Plan(Observe(tunedNode, [node], [WithPages(Tuning("n1", tunedNode), seen)])).Status.Conditions.Get(TunedNodeConditions.HugePagesAllocatable);
            var isAsked = spec.Memory is not null || spec.Kernel is not null;
            Assert.Equal(isAsked || status == ConditionStatus.False ? status : null, condition?.Status);
            Assert.Contains(condition is null ? "" : message, condition?.Message ?? "", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Kubelet_is_let_restart_once_for_hugepages_that_it_does_not_count_where_that_is_allowed_and_no_run_holds_the_node()
    {
        var tunedNode = WithRestart();
        var observed = Observe(tunedNode, [Node("n1", "x")], [WithPages(Tuning("n1", tunedNode), 64)]);
        Assert.Empty(Plan(observed with { ReservedNodes = new HashSet<string> { "n1" } }).RestartKubelet);
        var granted = Assert.Single(Plan(observed).RestartKubelet);
        Assert.Equal(KubeletRestartGrant.For(granted.Status!.BootId, granted.Metadata.Generation), granted.Metadata.Annotations[KubeletRestartGrant.Annotation]);
        var after = Plan(observed with { Tunings = [granted] });
        Assert.Empty(after.RestartKubelet);
        Assert.Equal(TunedNodeConditions.ReasonRestartingKubelet, after.Status.Conditions.Get(TunedNodeConditions.HugePagesAllocatable)!.Reason);

        granted.Status = granted.Status with { Kubelet = granted.Status.Kubelet! with { RestartedFor = granted.Metadata.Annotations[KubeletRestartGrant.Annotation] } };
        var done = Plan(observed with { Tunings = [granted] });
        Assert.Empty(done.RestartKubelet);
        Assert.Equal(TunedNodeConditions.ReasonKubeletRestartNeeded, done.Status.Conditions.Get(TunedNodeConditions.HugePagesAllocatable)!.Reason);
        Assert.Contains("has restarted it", done.Status.Conditions.Get(TunedNodeConditions.HugePagesAllocatable)!.Message, StringComparison.Ordinal);
        granted.Status = granted.Status with { BootId = "another" };
        Assert.Single(Plan(observed with { Tunings = [granted] }).RestartKubelet);
        tunedNode.Spec = tunedNode.Spec with { Kubelet = new() };
        Assert.Empty(Plan(observed with { Tunings = [granted] }).RestartKubelet);
    }

    [Fact]
    public void A_kubelet_that_might_not_start_again_is_not_let_restart_and_the_remedy_is_told()
    {
        foreach (var (kubelet, words) in new (KubeletStatus?, string)[]
            {
                (new() { MemoryManagerPolicy = "Static", RestartHazard = "drain the node, remove the state" }, "does not restart it: drain the node, remove the state"),
                (new() { MemoryManagerPolicy = "None", RestartHazard = "its file says otherwise" }, "its file says otherwise"),
                // Agents of older versions.
                (new() { MemoryManagerPolicy = "Static" }, "has not said that its memoryManagerPolicy is None"),
                (new() { Problem = "k3s" }, "has not said"),
                (null, "has not said"),
            })
        {
            var tunedNode = WithRestart();
            var tuning = WithPages(Tuning("n1", tunedNode), 64);
            tuning.Status = tuning.Status! with { Kubelet = kubelet };
            var plan = Plan(Observe(tunedNode, [Node("n1", "x")], [tuning]));
            Assert.Empty(plan.RestartKubelet);
            Assert.Contains(words, plan.Status.Conditions.Get(TunedNodeConditions.HugePagesAllocatable)!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Kubelet_is_not_restarted_before_all_pages_are_made()
    {
        var tunedNode = WithRestart();
        var tuning = WithPages(Tuning("n1", tunedNode), 32);
        tuning.Status = tuning.Status! with { Ledger = [new() { Knob = "memory.hugePages[2Mi,node0]", State = KnobState.Failed }] };
        Assert.Empty(Plan(Observe(tunedNode, [Node("n1", "x")], [tuning])).RestartKubelet);
    }

    [Theory]
    [InlineData(true, ConditionStatus.Unknown, TunedNodeConditions.ReasonAgentNotReady)]
    [InlineData(false, ConditionStatus.False, TunedNodeConditions.ReasonNodesNotInEffect)]
    public void What_nobody_looks_at_is_not_called_in_effect(bool othersAre, ConditionStatus status, string reason)
    {
        var tunedNode = TunedNode("a", Selector("x"));
        var observed = Observe(tunedNode, [Node("n1", "x"), Node("n2", "x")], [Tuning("n1", tunedNode, effective: true), Tuning("n2", tunedNode, othersAre)]) with
        {
            AgentProblems = new Dictionary<string, string> { ["n1"] = "no agent", ["n2"] = "no agent" },
        };
        var condition = Plan(observed).Status.Conditions.Get(TunedNodeConditions.Effective)!;
        Assert.Equal((status, reason), (condition.Status, condition.Reason));
        Assert.Contains(othersAre ? "\"n1\": all was in effect at the last look, and no agent" : "\"n2\": why", condition.Message, StringComparison.Ordinal);
        Assert.Equal(0, Plan(observed).Status.EffectiveNodes);
    }

    [Theory]
    [InlineData(true, TunedNodeConditions.ReasonStartupTaintNotEnabled, "but for disruption.startupTaint")]
    [InlineData(false, TunedNodeConditions.ReasonValid, "can be carried out")]
    public void An_accepted_spec_says_what_of_it_nothing_comes_of(bool taintIsLeftOut, string reason, string message)
    {
        var reboots = new RebootPlan { Steps = [], Slots = 0, Views = new Dictionary<string, RebootView>(), TaintIsLeftOut = taintIsLeftOut };
        var accepted = Plan(Observe(TunedNode("a", Selector("x")), [Node("n1", "x")]) with { Reboots = reboots }).Status.Conditions.Get(TunedNodeConditions.Accepted)!;
        Assert.Equal((ConditionStatus.True, reason), (accepted.Status, accepted.Reason));
        Assert.Contains(message, accepted.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_status_has_an_end_whatever_agents_write()
    {
        var said = new string('m', 6_000);
        var tunedNode = WithRestart();
        var names = Enumerable.Range(0, 50).Select(i => $"n{i}".PadRight(253, 'x')).ToList();
        var tunings = names.Select(name =>
        {
            var tuning = WithPages(Tuning(name, tunedNode), 64);
            tuning.Status = tuning.Status! with
            {
                Conditions = ((IReadOnlyList<Condition>)[])
                    .With(NodeTuningConditions.Effective, ConditionStatus.False, "KnobsNotInEffect", said, 1, Now)
                    .With(NodeTuningConditions.KubeletAligned, ConditionStatus.False, "Misaligned", said, 1, Now),
                Kubelet = new() { RestartHazard = said },
            };
            return tuning;
        });
        var reboots = new RebootPlan { Steps = [], Slots = 1, StoppedBy = names[0], Views = names.ToDictionary(name => name, _ => new RebootView("Rebooting", said)) };
        var observed = Observe(tunedNode, [.. names.Select(name => Node(name, "x"))], [.. tunings]) with { Reboots = reboots };
        var status = Plan(observed).Status;
        Assert.Equal((10, 6), (status.ProblemNodes.Count, status.Conditions.Count));
        Assert.All(status.ProblemNodes, problem => Assert.EndsWith($"… (whole: kubectl describe ntn {problem.Name})", problem.Message, StringComparison.Ordinal));
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(k8s.KubernetesJson.Serialize(status)), 5_000, 10 * 1024 - 1);

        tunedNode.Spec = tunedNode.Spec with { Kernel = new() { Arguments = [.. Enumerable.Range(0, 60).Select(i => $"isolcpus=0;{i}{said[..400]}")] } };
        tunedNode.Status = status;
        var refused = Plan(observed).Status;
        Assert.Equal(ConditionStatus.False, refused.Conditions.Get(TunedNodeConditions.Accepted)!.Status);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(k8s.KubernetesJson.Serialize(refused)), 5_000, 10 * 1024 - 1);

        var deleting = TunedNodePlanner.PlanDeletion(
            observed with { AgentProblems = names.ToDictionary(name => name, _ => said), Tunings = [.. observed.Tunings.Select(Deleted)] }, Now).Status;
        Assert.Equal(10, deleting.ProblemNodes.Count);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(k8s.KubernetesJson.Serialize(deleting)), 5_000, 10 * 1024 - 1);

        static V1Alpha1NodeTuning Deleted(V1Alpha1NodeTuning tuning)
        {
            tuning.Metadata.DeletionTimestamp = Now.UtcDateTime;
            return tuning;
        }
    }

    [Fact]
    public void A_profile_that_is_resolved_otherwise_than_it_was_is_rolled_out()
    {
        var tunedNode = TunedNode("a", Selector("x") with { Profile = BootProfile.Realtime, Cpu = new() { Isolated = "2-3" } });
        var tuning = Tuning("n1", tunedNode, effective: true);
        Assert.Empty(Plan(Observe(tunedNode, [Node("n1", "x")], [tuning])).Apply);
        tuning.Spec = tuning.Spec with { Kernel = new() { Arguments = ["isolcpus=2-3"] } };
        Assert.Single(Plan(Observe(tunedNode, [Node("n1", "x")], [tuning])).Apply);
    }

    [Fact]
    public void Of_what_agents_say_of_kubelet_the_worst_is_told()
    {
        var tunedNode = TunedNode("a", Selector("x"));
        V1Node[] nodes = [Node("n1", "x"), Node("n2", "x"), Node("n3", "x")];
        Assert.Null(Aligned());
        Assert.Equal(ConditionStatus.True, Aligned(ConditionStatus.True, ConditionStatus.True)!.Status);
        Assert.Equal(ConditionStatus.Unknown, Aligned(ConditionStatus.True, ConditionStatus.Unknown)!.Status);
        var worst = Aligned(ConditionStatus.Unknown, ConditionStatus.True, ConditionStatus.False)!;
        Assert.Equal(ConditionStatus.False, worst.Status);
        Assert.Equal("1 of 3 nodes; \"n3\": said by n3", worst.Message);

        Condition? Aligned(params ConditionStatus[] said)
        {
            var tunings = said.Select((status, i) =>
            {
                var tuning = Tuning($"n{i + 1}", tunedNode, effective: true);
                tuning.Status = tuning.Status! with
                {
                    Conditions = tuning.Status.Conditions.With(NodeTuningConditions.KubeletAligned, status, "Reason", $"said by n{i + 1}", 1, Now),
                };
                return tuning;
            });
            return Plan(Observe(tunedNode, nodes, [.. tunings])).Status.Conditions.Get(TunedNodeConditions.KubeletAligned);
        }
    }

    [Fact]
    public void A_node_that_no_longer_matches_is_given_up()
    {
        var tunedNode = TunedNode("a", Selector("x"));
        var plan = Plan(Observe(tunedNode, [Node("n1", "y")], [Tuning("n1", tunedNode)]));
        Assert.Equal("n1", plan.Delete.Single().NodeName);
    }

    [Fact]
    public void A_node_that_a_run_holds_is_neither_changed_nor_given_up()
    {
        var tunedNode = TunedNode("a", Selector("x"));
        var tuning = Tuning("n1", tunedNode);
        tunedNode.Metadata.Generation = 2;
        var observed = Observe(tunedNode, [Node("n1", "x")], [tuning]) with { ReservedNodes = new HashSet<string> { "n1" } };
        Assert.Empty(Plan(observed).Apply);
        Assert.Contains("held by a run", Plan(observed).Status.ProblemNodes.Single().Message, StringComparison.Ordinal);
        Assert.Empty(Plan(observed with { Nodes = [Node("n1", "y")] }).Delete);
        var deletion = TunedNodePlanner.PlanDeletion(observed, Now);
        Assert.Empty(deletion.Delete);
        Assert.Equal(1, deletion.Remaining);
        Assert.Equal(TunedNodeConditions.ReasonWaitingForRun, deletion.Status.Conditions.Get(TunedNodeConditions.Effective)!.Reason);
    }

    [Fact]
    public void Of_two_that_ask_for_a_node_the_older_gets_it_and_the_newer_says_Conflict()
    {
        var older = TunedNode("a", Selector("x"), age: 2);
        var newer = TunedNode("b", Selector("x"), age: 1);
        Assert.Single(Plan(Observe(older, [Node("n1", "x")]) with { TunedNodes = [newer, older] }).Apply);
        var plan = Plan(Observe(newer, [Node("n1", "x")]) with { TunedNodes = [newer, older] });
        Assert.Empty(plan.Apply);
        Assert.True(plan.Status.Conditions.IsTrue(TunedNodeConditions.Conflict));
        Assert.Contains("\"a\"", plan.Status.Conditions.Get(TunedNodeConditions.Conflict)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_is_not_taken_from_the_one_that_has_it_by_an_older_one_that_comes_to_match()
    {
        var older = TunedNode("a", Selector("x"), age: 2);
        var holder = TunedNode("b", Selector("x"), age: 1);
        var observed = Observe(older, [Node("n1", "x")], [Tuning("n1", holder)]) with { TunedNodes = [older, holder] };
        Assert.Empty(Plan(observed).Apply);
        Assert.True(Plan(observed).Status.Conditions.IsTrue(TunedNodeConditions.Conflict));
    }

    [Fact]
    public void A_node_is_taken_over_only_after_its_restoration()
    {
        var gone = TunedNode("old", Selector("x"));
        var tunedNode = TunedNode("a", Selector("x"));
        var observed = Observe(tunedNode, [Node("n1", "x")], [Tuning("n1", gone)]);
        Assert.Empty(Plan(observed).Apply);
        Assert.Single(Plan(observed with { Tunings = [] }).Apply);
    }

    [Fact]
    public void One_whose_spec_is_refused_keeps_no_node_from_another()
    {
        var refused = TunedNode("a", Selector("x") with { NodeName = "n1" }, age: 2);
        var tunedNode = TunedNode("b", Selector("x"));
        Assert.Single(Plan(Observe(tunedNode, [Node("n1", "x")]) with { TunedNodes = [refused, tunedNode] }).Apply);
        var plan = Plan(Observe(refused, [Node("n1", "x")]));
        Assert.Empty(plan.Apply);
        Assert.Equal(ConditionStatus.False, plan.Status.Conditions.Get(TunedNodeConditions.Accepted)!.Status);
    }

    [Fact]
    public void At_most_ten_problem_nodes_are_named()
    {
        var plan = Plan(Observe(TunedNode("a", Selector("x")), [.. Enumerable.Range(0, 50).Select(i => Node($"n{i:00}", "x"))]));
        Assert.Equal(10, plan.Status.ProblemNodes.Count);
        Assert.Equal(50, plan.Status.MatchedNodes);
    }

    [Theory]
    [InlineData(false, false, true, false)]
    [InlineData(true, false, true, false)]
    [InlineData(true, true, true, true)]
    [InlineData(true, false, false, true)]
    [InlineData(false, true, false, false)]
    public void A_tuning_goes_when_it_is_deleted_and_its_node_restored_or_gone(bool deleted, bool restored, bool nodeExists, bool goes)
    {
        var tuning = Tuning("n1", TunedNode("a", Selector("x")));
        tuning.Metadata.DeletionTimestamp = deleted ? Now.UtcDateTime : null;
        tuning.Status = tuning.Status! with
        {
            Conditions = tuning.Status.Conditions.With(
                NodeTuningConditions.Restored, restored ? ConditionStatus.True : ConditionStatus.False, "R", "", 1, Now),
        };
        Assert.Equal(goes, NodeTuningController.MayGo(tuning, nodeExists));
    }

    [Fact]
    public void Any_spec_is_planned_without_an_exception_and_its_message_fits() => AnySpec.TunedNode.Select(AnySpec.TunedNode).Sample((spec, other) =>
    {
        var tunedNode = TunedNode("a", spec);
        var observed = Observe(tunedNode, [Node("n1", "x"), Node("a", "x")], [Tuning("a", TunedNode("b", other))]);
        var status = Plan(observed with { TunedNodes = [tunedNode, TunedNode("b", other)] }).Status;
        TunedNodePlanner.PlanDeletion(observed, Now);
        return status.Conditions.All(c => c.Message.Length <= Condition.LongestMessage);
    });

    private static TunedNodePlan Plan(TunedNodeObservation observed) => TunedNodePlanner.Plan(observed, Now);

    private static TunedNodeObservation Observe(
        V1Alpha1TunedNode tunedNode, IReadOnlyList<V1Node> nodes, IReadOnlyList<V1Alpha1NodeTuning>? tunings = null) => new()
        {
            TunedNode = tunedNode,
            TunedNodes = [tunedNode],
            Nodes = nodes,
            Tunings = tunings ?? [],
            ReservedNodes = new HashSet<string>(),
        };

    private static TunedNodeSpec Selector(string value) => new() { NodeSelector = new Dictionary<string, string> { ["role"] = value } };

    private static V1Alpha1TunedNode TunedNode(string name, TunedNodeSpec spec, int age = 0) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Uid = "uid-" + name, Generation = 1, CreationTimestamp = Now.UtcDateTime.AddHours(-age) },
        Spec = spec,
    };

    private static V1Node Node(string name, string role) =>
        new() { Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["role"] = role } } };

    private static V1Alpha1TunedNode WithRestart() => TunedNode("a", Selector("x") with
    {
        Memory = new() { HugePages = [new() { Size = "2Mi", Count = 64 }] },
        Kubelet = new() { Restart = KubeletRestart.Allowed },
    });

    /// <summary>Its agent has seen so many pages of 2 MiB, and a kubelet that starts again.</summary>
    private static V1Alpha1NodeTuning WithPages(V1Alpha1NodeTuning tuning, int? pages)
    {
        tuning.Status = tuning.Status! with
        {
            HugePages = pages is { } count ? [new() { Size = "2Mi", Count = count }] : [],
            Kubelet = new() { MemoryManagerPolicy = "None" },
        };
        return tuning;
    }

    private static V1Alpha1NodeTuning Tuning(string node, V1Alpha1TunedNode owner, bool effective = false) => new()
    {
        Metadata = new V1ObjectMeta { Name = node, Uid = "uid-tuning-" + node, Generation = 1 },
        Spec = new ResolvedWish(owner).Spec,
        Status = new NodeTuningStatus
        {
            ObservedGeneration = 1,
            Conditions = ((IReadOnlyList<Condition>)[]).With(
                NodeTuningConditions.Effective, effective ? ConditionStatus.True : ConditionStatus.False, "R", "why", 1, Now),
        },
    };
}
