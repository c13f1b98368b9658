using System.Net;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Cluster;

namespace Latlab.NodeAgent.Tests.Cluster;

public sealed class WatchEventTests
{
    [Fact]
    public void An_object_is_read_with_defaults_for_what_it_leaves_out()
    {
        var change = WatchEvent.Parse("""
            {"type":"ADDED","object":{"metadata":{"name":"n1","uid":"u","generation":3,"resourceVersion":"9","labels":{"a":"b"}},
            "spec":{"tunedNode":{"name":"t","uid":"v","generation":1},"virtualWires":[{"name":"left"}],"drift":"Report","fromTheFuture":1}}}
            """);
        Assert.Equal(3, change.Object.Metadata.Generation);
        Assert.Null(change.Object.Metadata.DeletionTimestamp);
        Assert.Equal(1500, Assert.Single(change.Object.Spec.VirtualWires).Mtu);
        Assert.Empty(change.Object.Spec.Interfaces);
        Assert.Equal(DriftPolicy.Report, change.Object.Spec.Drift);
    }

    [Fact]
    public void A_bookmark_carries_only_a_version()
    {
        var change = WatchEvent.Parse("""
            {"type":"BOOKMARK","object":{"kind":"NodeTuning","metadata":{"resourceVersion":"12","creationTimestamp":null},"spec":{"tunedNode":null}}}
            """);
        Assert.True(change.IsBookmark);
        Assert.Equal("12", change.Object.Metadata.ResourceVersion);
    }

    [Fact]
    public void An_error_is_thrown_with_its_code()
    {
        var failure = Assert.Throws<ClusterException>(
            () => WatchEvent.Parse("""{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}"""));
        Assert.Equal(HttpStatusCode.Gone, failure.Code);
    }
}
