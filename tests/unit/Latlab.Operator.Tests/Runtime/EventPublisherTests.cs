using System.Net;
using System.Text.Json;
using k8s;
using k8s.Models;
using Latlab.Operator.Runtime;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.Operator.Tests.Runtime;

/// <summary>Events before a scripted server.</summary>
public sealed class EventPublisherTests : IDisposable
{
    private static readonly V1Node Node = new() { Metadata = new V1ObjectMeta { Name = "a", Uid = "u" } };

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly RuntimeMetrics _metrics;
    private readonly LogRecord _log = new();
    private ApiConnection? _connection;

    public EventPublisherTests()
    {
        var registry = Prometheus.Metrics.NewCustomRegistry();
        _metrics = new RuntimeMetrics(Prometheus.Metrics.WithCustomRegistry(registry), registry);
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task What_was_published_before_the_close_is_sent_with_the_time_at_which_it_happened()
    {
        var sent = new List<JsonElement>();
        using var server = new ScriptedServer(request => Answer(request, sent));
        var events = Events(server);
        events.Publish(Node, EventType.Normal, "One", "one");
        _time.Advance(TimeSpan.FromMinutes(1));
        events.Publish(Node, EventType.Warning, "Two", "two");
        Assert.Empty(server.Requests);

        events.Close();
        await events.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["One 2026-01-02T03:04:05Z", "Two 2026-01-02T03:05:05Z"], sent.Select(e => $"{Text(e, "reason")} {Text(e, "lastTimestamp")}"));
        Assert.Equal(0, _metrics.EventsFailed.Value);
    }

    [Fact]
    public async Task What_comes_while_too_many_wait_is_dropped_and_counted()
    {
        var sent = new List<JsonElement>();
        using var server = new ScriptedServer(request => Answer(request, sent));
        var events = Events(server);
        for (var n = 0; n < EventPublisher.Capacity + 3; n++)
        {
            events.Publish(Node, EventType.Normal, "Same", $"message {n}");
        }

        Assert.Equal(3, _metrics.EventsFailed.Value);
        Assert.Equal(3, _log.Lines.Count(line => line.Level == LogLevel.Warning));
        events.Close();
        await events.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(EventPublisher.Capacity, sent.Count);
    }

    [Fact]
    public async Task What_could_not_be_sent_before_the_end_is_counted()
    {
        using var end = new CancellationTokenSource();
        using var server = new ScriptedServer(_ =>
        {
            end.Cancel();
            throw new HttpRequestException("connection refused");
        });
        var events = Events(server);
        for (var n = 0; n < 5; n++)
        {
            events.Publish(Node, EventType.Normal, "Same", $"message {n}");
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => events.RunAsync(end.Token));

        events.Publish(Node, EventType.Normal, "Late", "too late");
        Assert.Equal(6, _metrics.EventsFailed.Value);
    }

    /// <summary>
    /// The Event of before a restart has a count of 7. Were the next one sent as the second, the count would go backwards.
    /// </summary>
    [Fact]
    public async Task A_count_never_goes_backwards_though_the_earlier_one_could_not_be_read_at_first()
    {
        var sent = new List<JsonElement>();
        var refusals = 1;
        using var server = new ScriptedServer(request =>
            request.Method != HttpMethod.Get ? Answer(request, sent)
            : refusals-- > 0 ? ScriptedServer.Json("{}", HttpStatusCode.ServiceUnavailable)
            : ScriptedServer.Json("""{"metadata":{"name":"x"},"count":7,"firstTimestamp":"2026-01-01T00:00:00Z"}"""));
        var events = Events(server);
        events.Publish(Node, EventType.Normal, "Same", "same");
        events.Publish(Node, EventType.Normal, "Same", "same");

        events.Close();
        await events.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(8, Assert.Single(sent).GetProperty("count").GetInt32());
        Assert.Equal(1, _metrics.EventsFailed.Value);
    }

    private EventPublisher Events(ScriptedServer server)
    {
        var options = new OperatorRuntimeOptions { LeaderElection = false };
        _connection = new ApiConnection(new Kubernetes(ScriptedServer.Configuration, server), null, options.RequestTimeout);
        var client = new EntityClient(_connection, options, new Leadership(options, _time, _metrics), _metrics, _time);
        return new EventPublisher(new EventSender(client, options, _time), _time, _metrics, _log.Factory.CreateLogger<EventPublisher>());
    }

    private static HttpResponseMessage Answer(HttpRequestMessage request, List<JsonElement> sent)
    {
        if (request.Method == HttpMethod.Get)
        {
            return ScriptedServer.Json("{}", HttpStatusCode.NotFound);
        }

        using var body = request.Content!.ReadAsStream();
        using var reader = new StreamReader(body);
        var text = reader.ReadToEnd();
        sent.Add(JsonElement.Parse(text));
        return ScriptedServer.Json(text);
    }

    private static string? Text(JsonElement sent, string field) => sent.GetProperty(field).GetString();
}
