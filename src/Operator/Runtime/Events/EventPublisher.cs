using System.Threading.Channels;
using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>
/// Takes events from reconciles, which must not wait for them, and has them sent one at a time: two that say the same would else both be
/// the first.
/// </summary>
internal sealed partial class EventPublisher(EventSender sender, TimeProvider time, RuntimeMetrics metrics, ILogger<EventPublisher> logger)
    : IEventPublisher
{
    /// <summary>Events that wait at most; what comes while so many wait is dropped.</summary>
    public const int Capacity = 1000;

    private const int LongestMessage = 1024;

    private readonly ILogger _logger = logger;
    private readonly Channel<Occurrence> _waiting = Channel.CreateBounded<Occurrence>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    public void Publish(IKubernetesObject<V1ObjectMeta> entity, EventType type, string reason, string message)
    {
        var kind = EntityKind.Of(entity.GetType());
        var about = new V1ObjectReference
        {
            ApiVersion = kind.ApiVersion,
            Kind = kind.Kind,
            Name = entity.Metadata.Name,
            NamespaceProperty = EntityKey.Of(entity).Namespace,
            Uid = entity.Metadata.Uid,
        };
        var said = new EventContent(
            entity.Metadata.Uid ?? "", type, reason, message.Length > LongestMessage ? message[..(LongestMessage - 1)] + "…" : message);
        var occurrence = new Occurrence(about, said, time.GetUtcNow().UtcDateTime);
        if (!_waiting.Writer.TryWrite(occurrence))
        {
            Lose(occurrence, $"{_waiting.Reader.Count} others wait for the API server, or the operator has stopped");
        }
    }

    /// <summary>Sends events until <see cref="Close"/> and until all are sent, or until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var occurrence in _waiting.Reader.ReadAllAsync(cancellationToken))
            {
                await SendAsync(occurrence, cancellationToken);
            }
        }
        finally
        {
            Close();
            while (_waiting.Reader.TryRead(out var left))
            {
                Lose(left, "the operator stops");
            }
        }
    }

    /// <summary>Takes no further event.</summary>
    public void Close() => _waiting.Writer.TryComplete();

    private async Task SendAsync(Occurrence occurrence, CancellationToken cancellationToken)
    {
        try
        {
            await sender.SendAsync(occurrence, cancellationToken);
        }
        catch (Exception exception)
        {
            // Whatever it is, the next one is sent: no event is worth the operator.
            Lose(occurrence, exception.Message);
        }
    }

    private void Lose(Occurrence occurrence, string why)
    {
        metrics.EventsFailed.Inc();
        LogLost(occurrence, why);
    }

    [LoggerMessage(LogLevel.Warning, "Event about {Event} is not published: {Why}")]
    private partial void LogLost(Occurrence @event, string why);
}
