using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Runs;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;
using Latlab.Operator.TunedNodes;

namespace Latlab.Operator.Tests.TunedNodes;

/// <summary>No node stays tuned without a TunedNode, though the caches are behind and somebody deletes by force.</summary>
public sealed class NodeOwnershipTests
{
    private readonly LaggingCluster _cluster = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_TunedNode_that_is_deleted_right_after_its_NodeTuning_was_made_waits_for_it()
    {
        var tunedNode = TunedNode("uid-1");
        _cluster.Add(Tuning("uid-1"));
        var finalizer = new TunedNodeFinalizer(_cluster.Observer, _cluster.Applier, _cluster, TimeProvider.System);
        Assert.NotNull((await finalizer.FinalizeAsync(tunedNode, Token)).RequeueAfter);
        Assert.Null(_cluster.Find<V1Alpha1NodeTuning>("n1"));
        Assert.Null((await finalizer.FinalizeAsync(tunedNode, Token)).RequeueAfter);
    }

    [Fact]
    public async Task A_NodeTuning_of_another_TunedNode_keeps_none_from_going()
    {
        _cluster.Add(Tuning("uid-2"));
        var finalizer = new TunedNodeFinalizer(_cluster.Observer, _cluster.Applier, _cluster, TimeProvider.System);
        Assert.Null((await finalizer.FinalizeAsync(TunedNode("uid-1"), Token)).RequeueAfter);
        Assert.NotNull(_cluster.Find<V1Alpha1NodeTuning>("n1"));
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData("uid-2", "uid-2", false)]
    [InlineData("uid-1", "uid-1", true)]
    // The cache is behind.
    [InlineData(null, "uid-1", true)]
    [InlineData("uid-2", "uid-1", true)]
    public async Task A_NodeTuning_whose_TunedNode_is_gone_is_deleted(string? cached, string? live, bool stays)
    {
        if (cached is not null)
        {
            _cluster.TunedNodes.Set(TunedNode(cached));
        }

        if (live is not null)
        {
            _cluster.Add(TunedNode(live));
        }

        _cluster.Add(Tuning("uid-1"));
        await _cluster.NodeTuningController.ReconcileAsync(Tuning("uid-1"), Token);
        Assert.Equal(stays, _cluster.Find<V1Alpha1NodeTuning>("n1") is not null);
        Assert.Equal(stays ? [] : ["Restoring"], _cluster.Events);
    }

    [Theory]
    [InlineData(RunPhase.Measuring, true)]
    [InlineData(RunPhase.Complete, false)]
    [InlineData(null, false)]
    public async Task A_run_that_has_not_ended_keeps_its_node_as_it_is_and_the_Lease_of_another_does_not(RunPhase? phase, bool holds)
    {
        _cluster.Nodes.Set(new V1Node { Metadata = new V1ObjectMeta { Name = "n1" } });
        _cluster.Hold("n1", "uid-run");
        if (phase is not null)
        {
            _cluster.Runs.Set(new V1Alpha1LatencyRun
            {
                Metadata = new V1ObjectMeta { Name = "x-1", NamespaceProperty = "ns", Uid = "uid-run" },
                Status = new LatencyRunStatus { Phase = phase },
            });
        }

        Assert.Equal(holds, _cluster.Observer.Read(TunedNode("uid-1")).ReservedNodes.Contains("n1"));
        _cluster.Add(Tuning("uid-1"));
        await _cluster.NodeTuningController.ReconcileAsync(Tuning("uid-1"), Token);
        Assert.Equal(holds, _cluster.Find<V1Alpha1NodeTuning>("n1") is not null);
    }

    [Fact]
    public async Task What_a_run_asks_of_the_agent_survives_a_new_wish()
    {
        var tuning = Tuning("uid-1");
        tuning.Metadata.ResourceVersion = "7";
        tuning.Metadata.Annotations = new Dictionary<string, string>
        {
            [ReadBackRequest.TokenAnnotation] = "token",
            [ReadBackRequest.QuietUntilAnnotation] = "2030-01-01T00:00:00Z",
        };
        _cluster.Add(tuning);
        _cluster.Tunings.Set(tuning);
        var tunedNode = TunedNode("uid-1");
        tunedNode.Metadata.Generation = 2;
        tunedNode.Spec = tunedNode.Spec with { Drift = DriftPolicy.Report };
        _cluster.Nodes.Set(new V1Node { Metadata = new V1ObjectMeta { Name = "n1" } });
        _cluster.TunedNodes.Set(tunedNode);

        await new TunedNodeController(_cluster.Observer, _cluster.Applier, _cluster.Agents, TimeProvider.System).ReconcileAsync(tunedNode, Token);

        var written = _cluster.Find<V1Alpha1NodeTuning>("n1")!;
        Assert.Equal(DriftPolicy.Report, written.Spec.Drift);
        Assert.Equal("token", written.Metadata.Annotations[ReadBackRequest.TokenAnnotation]);
        Assert.Equal("2030-01-01T00:00:00Z", written.Metadata.Annotations[ReadBackRequest.QuietUntilAnnotation]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_NodeTuning_that_somebody_edited_is_as_its_TunedNode_wishes_again_and_that_is_told(bool edited)
    {
        var tunedNode = TunedNode("uid-1");
        var tuning = Tuning("uid-1");
        tuning.Metadata.ResourceVersion = "7";
        tuning.Spec = new ResolvedWish(tunedNode).Spec with { Cpu = edited ? new CpuTuning { Isolated = "2-3" } : null };
        _cluster.Add(tuning);
        _cluster.Tunings.Set(tuning);
        _cluster.Nodes.Set(new V1Node { Metadata = new V1ObjectMeta { Name = "n1" } });
        _cluster.TunedNodes.Set(tunedNode);

        await new TunedNodeController(_cluster.Observer, _cluster.Applier, _cluster.Agents, TimeProvider.System).ReconcileAsync(tunedNode, Token);

        Assert.Null(_cluster.Find<V1Alpha1NodeTuning>("n1")!.Spec.Cpu);
        Assert.Equal(edited, _cluster.Events.Contains("SpecReplaced"));
    }

    [Theory]
    [InlineData("256Mi", "KubeletRestartNeeded")]
    [InlineData("0", null)]
    public async Task A_node_that_is_given_up_and_whose_kubelet_offers_pages_that_are_gone_is_told(string offered, string? reason)
    {
        var tuning = Tuning("uid-1");
        tuning.Metadata.DeletionTimestamp = DateTime.UnixEpoch;
        tuning.Status = new NodeTuningStatus
        {
            HugePages = [new() { Size = "2Mi", Count = 0 }],
            Conditions = Array.Empty<Condition>().With(NodeTuningConditions.Restored, ConditionStatus.True, "R", "", 1, DateTimeOffset.UnixEpoch),
        };
        _cluster.Nodes.Set(new V1Node
        {
            Metadata = new V1ObjectMeta { Name = "n1" },
            Status = new V1NodeStatus { Allocatable = new Dictionary<string, ResourceQuantity> { ["hugepages-2Mi"] = new(offered) } },
        });
        await _cluster.NodeTuningController.ReconcileAsync(tuning, Token);
        Assert.Equal(reason is null ? [] : [reason], _cluster.Events);
        Assert.Single(_cluster.FinalizersRemoved);
    }

    private static V1Alpha1TunedNode TunedNode(string uid) => new()
    {
        Metadata = new V1ObjectMeta { Name = "lab", Uid = uid, Generation = 1 },
        Spec = new TunedNodeSpec { NodeName = "n1" },
    };

    private static V1Alpha1NodeTuning Tuning(string tunedNodeUid) => new()
    {
        Metadata = new V1ObjectMeta { Name = "n1", Uid = "uid-tuning", Generation = 1 },
        Spec = new NodeTuningSpec { TunedNode = new TunedNodeReference { Name = "lab", Uid = tunedNodeUid, Generation = 1 } },
    };
}
