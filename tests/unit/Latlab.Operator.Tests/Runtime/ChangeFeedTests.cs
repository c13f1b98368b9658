using System.Text.Json;
using k8s.Models;
using Latlab.Operator.Runtime;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace Latlab.Operator.Tests.Runtime;

public sealed class ChangeFeedTests
{
    private readonly Gauge _objects;
    private readonly Counter _malformed;
    private readonly ChangeFeed<V1ConfigMap> _feed;
    private readonly List<string> _changes = [];

    public ChangeFeedTests()
    {
        var metrics = Prometheus.Metrics.WithCustomRegistry(Prometheus.Metrics.NewCustomRegistry());
        _objects = metrics.CreateGauge("objects", "");
        _malformed = metrics.CreateCounter("malformed", "");
        var store = new EntityStore<V1ConfigMap>(
            "ConfigMap",
            new Dictionary<string, Func<V1ConfigMap, IEnumerable<string>>> { ["value"] = map => map.Data?.Values ?? Enumerable.Empty<string>() });
        _feed = new ChangeFeed<V1ConfigMap>(EntityKind.Of<V1ConfigMap>(), store, NullLogger.Instance, _objects, _malformed);
        _feed.Subscribe((before, after) => _changes.Add($"{Text(before)}>{Text(after)}"));
    }

    [Fact]
    public void Each_change_is_told_with_the_state_before_and_after()
    {
        _feed.Apply("ADDED", Json("a", 1));
        _feed.Apply("MODIFIED", Json("a", 2));
        _feed.Apply("DELETED", Json("a", 3));

        Assert.Equal([">a:1", "a:1>a:2", "a:3>"], _changes);
        Assert.Empty(_feed.Store.List());
        Assert.Equal(0, _objects.Value);
    }

    [Fact]
    public void A_new_list_tells_what_was_added_changed_and_deleted_meanwhile_and_nothing_else()
    {
        _feed.Replace([Json("same", 1), Json("changed", 1), Json("gone", 1)]);
        _changes.Clear();

        _feed.Replace([Json("same", 1), Json("changed", 5), Json("new", 6)]);

        Assert.Equal(["gone:1>", "changed:1>changed:5", ">new:6"], _changes);
        Assert.Equal(3, _objects.Value);
    }

    [Fact]
    public void An_object_deleted_and_made_again_unseen_is_told_as_both()
    {
        _feed.Replace([Json("a", 1, uid: "first")]);
        _changes.Clear();

        _feed.Replace([Json("a", 9, uid: "second")]);

        Assert.Equal(["a:1>", ">a:9"], _changes);
    }

    [Fact]
    public void A_state_that_is_told_twice_is_passed_on_once()
    {
        _feed.Apply("ADDED", Json("a", 1));
        _feed.Apply("ADDED", Json("a", 1));

        Assert.Equal([">a:1"], _changes);
    }

    [Fact]
    public void A_malformed_object_keeps_its_earlier_state_and_others_go_on()
    {
        var malformed = JsonElement.Parse("""{"metadata":{"name":"a","namespace":"n","resourceVersion":"2","uid":"a"},"data":7}""");
        _feed.Replace([Json("a", 1), Json("b", 1)]);
        _changes.Clear();

        _feed.Apply("MODIFIED", malformed);
        _feed.Replace([malformed, Json("b", 3)]);

        Assert.Equal(["b:1>b:3"], _changes);
        Assert.Equal("1", _feed.Store.Get("n", "a")?.Metadata.ResourceVersion);
        Assert.Equal(2, _malformed.Value);
    }

    [Fact]
    public void A_malformed_object_that_is_deleted_is_deleted()
    {
        _feed.Apply("ADDED", Json("a", 1));

        _feed.Apply("DELETED", JsonElement.Parse("""{"metadata":{"name":"a","namespace":"n","resourceVersion":"2"},"data":7}"""));

        Assert.Equal([">a:1", "a:1>"], _changes);
    }

    [Fact]
    public void A_subscriber_that_throws_does_not_keep_the_change_from_others()
    {
        var later = 0;
        _feed.Subscribe((_, _) => throw new InvalidOperationException("a defect"));
        _feed.Subscribe((_, _) => later++);

        _feed.Apply("ADDED", Json("a", 1));

        Assert.Equal(1, later);
    }

    [Fact]
    public void A_late_subscriber_is_told_of_what_there_is()
    {
        _feed.Apply("ADDED", Json("a", 1));
        var seen = new List<string>();

        _feed.Subscribe((before, after) => seen.Add($"{Text(before)}>{Text(after)}"));

        Assert.Equal([">a:1"], seen);
    }

    [Fact]
    public void A_resync_tells_of_every_object_as_unchanged()
    {
        _feed.Replace([Json("a", 1), Json("b", 1)]);
        var unchanged = 0;
        _feed.Subscribe((before, after) => unchanged += ReferenceEquals(before, after) ? 1 : 0);

        _feed.Resync();

        Assert.Equal(2, unchanged);
    }

    [Fact]
    public void Indexes_follow_the_objects()
    {
        _feed.Apply("ADDED", Json("a", 1, value: "x"));
        _feed.Apply("ADDED", Json("b", 1, value: "x"));
        Assert.Equal(2, _feed.Store.ByIndex("value", "x").Count);

        _feed.Apply("MODIFIED", Json("a", 2, value: "y"));
        _feed.Apply("DELETED", Json("b", 3, value: "x"));

        Assert.Empty(_feed.Store.ByIndex("value", "x"));
        Assert.Equal("a", Assert.Single(_feed.Store.ByIndex("value", "y")).Metadata.Name);
    }

    [Fact]
    public void An_index_that_was_not_registered_is_named()
    {
        var exception = Assert.Throws<ArgumentException>(() => _feed.Store.ByIndex("byRun", "x"));
        Assert.Contains("ConfigMap has no index \"byRun\"", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Listing_a_namespace_leaves_out_the_others()
    {
        _feed.Replace([Json("a", 1), Json("a", 1, @namespace: "other")]);

        Assert.Equal(2, _feed.Store.List().Count);
        Assert.Equal("other", Assert.Single(_feed.Store.List("other")).Metadata.NamespaceProperty);
    }

    private static string Text(V1ConfigMap? map) => map is null ? "" : $"{map.Metadata.Name}:{map.Metadata.ResourceVersion}";

    private static JsonElement Json(string name, int version, string? uid = null, string value = "v", string @namespace = "n") =>
        JsonSerializer.SerializeToElement(new
        {
            metadata = new { name, @namespace, resourceVersion = $"{version}", uid = uid ?? name },
            data = new { key = value },
        });
}
