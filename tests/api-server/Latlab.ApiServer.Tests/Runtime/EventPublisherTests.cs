using k8s;
using k8s.Models;
using Latlab.Operator.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Latlab.ApiServer.Tests.Runtime;

public sealed class EventPublisherTests(ApiServerFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_event_raises_one_Event_s_count_across_restarts_of_the_operator_too()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        Widget widget;
        await using (var op = await StartAsync())
        {
            widget = (await op.Client.TryCreateAsync(Widget.New(ns.Name, "w"), Token))!;
            var events = op.Services.GetRequiredService<IEventPublisher>();
            for (var n = 0; n < 3; n++)
            {
                events.Publish(widget, EventType.Normal, "Created", "Created pod a");
            }

            events.Publish(widget, EventType.Warning, "Failed", "Pod a failed");
        }

        await using (var restarted = await StartAsync())
        {
            restarted.Services.GetRequiredService<IEventPublisher>().Publish(widget, EventType.Normal, "Created", "Created pod a");
        }

        var found = await fixture.Server.Client.CoreV1.ListNamespacedEventAsync(
            ns.Name, fieldSelector: $"involvedObject.uid={widget.Metadata.Uid}");
        Assert.Equal(
            ["Normal Created Created pod a x4", "Warning Failed Pod a failed x1"],
            found.Items.Select(e => $"{e.Type} {e.Reason} {e.Message} x{e.Count}").Order());
        Assert.All(found.Items, e => Assert.Equal("Widget", e.InvolvedObject.Kind));
        Assert.All(found.Items, e => Assert.True(e.FirstTimestamp <= e.LastTimestamp));
    }

    [Fact]
    public async Task Events_of_cluster_scoped_objects_are_in_the_default_namespace()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        await using var op = await StartAsync();
        var subject = (await op.Client.GetAsync<V1Namespace>(null, ns.Name, Token))!;

        op.Services.GetRequiredService<IEventPublisher>().Publish(subject, EventType.Normal, "Seen", "Seen by a test");

        var found = await Eventually.GetAsync(
            async () => (await fixture.Server.Client.CoreV1.ListNamespacedEventAsync("default", fieldSelector: $"involvedObject.name={ns.Name}")).Items.FirstOrDefault(),
            "the event is published");
        Assert.Equal("Seen by a test", found.Message);
    }

    [Fact]
    public async Task An_event_that_cannot_be_published_is_logged_not_thrown()
    {
        await using var op = await StartAsync();
        var widget = Widget.New("no-such-namespace", "w");
        widget.Metadata.Uid = Guid.NewGuid().ToString();

        op.Services.GetRequiredService<IEventPublisher>().Publish(widget, EventType.Normal, "Created", "Created pod a");

        await Eventually.TrueAsync(
            () => op.Log.Any(line => line.Contains("Event about Widget no-such-namespace/w (Created: Created pod a) is not published", StringComparison.Ordinal)),
            "the loss is logged");
    }

    private Task<TestOperator> StartAsync() => TestOperator.StartAsync(fixture.Server, _ => { });
}
