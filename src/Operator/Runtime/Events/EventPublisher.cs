using System.Security.Cryptography;
using System.Text;
using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>
/// Publishes core/v1 Events, the kind that every kubectl shows with its count. An Event's name follows from what it says, so that a restarted
/// operator, too, raises the count instead of repeating itself.
/// </summary>
[EntityRbac(typeof(Corev1Event), Verbs = RbacVerb.Get | RbacVerb.Create | RbacVerb.Patch)]
internal sealed partial class EventPublisher(
    IEntityClient client, OperatorRuntimeOptions options, TimeProvider time, RuntimeMetrics metrics, ILogger<EventPublisher> logger)
    : IEventPublisher, IDisposable
{
    private const int LongestMessage = 1024;
    private const int LongestName = 253;

    private readonly ILogger _logger = logger;
    private readonly EventHistory _history = new(time);
    private readonly SemaphoreSlim _gate = new(1);

    public async Task PublishAsync(
        IKubernetesObject<V1ObjectMeta> entity, EventType type, string reason, string message, CancellationToken cancellationToken)
    {
        var said = new EventContent(
            entity.Metadata.Uid ?? "", type, reason, message.Length > LongestMessage ? message[..(LongestMessage - 1)] + "…" : message);
        try
        {
            // One at a time: two that say the same would else both be the first.
            await _gate.WaitAsync(cancellationToken);
            try
            {
                await PublishAsync(entity, said, cancellationToken);
            }
            finally
            {
                _gate.Release();
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            metrics.EventsFailed.Inc();
            LogFailed(EntityKey.Of(entity), reason, message, exception.Message);
        }
        catch (OperationCanceledException)
        {
            LogFailed(EntityKey.Of(entity), reason, message, "stopping");
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task PublishAsync(IKubernetesObject<V1ObjectMeta> entity, EventContent said, CancellationToken cancellationToken)
    {
        var kind = EntityKind.Of(entity.GetType());
        // Cluster-scoped objects' events live in this namespace: kubectl describe looks there.
        var @namespace = EntityKey.Of(entity).Namespace ?? "default";
        var name = NameOf(entity.Metadata.Name, said);
        var sighting = _history.Note(said);
        if (sighting is { IsFirst: true } && await client.GetAsync<Corev1Event>(@namespace, name, cancellationToken) is { } earlier)
        {
            sighting = _history.Continue(said, earlier.Count ?? 1, earlier.FirstTimestamp ?? time.GetUtcNow().UtcDateTime);
        }

        if (!sighting.IsWorthSending)
        {
            return;
        }

        await client.ApplyAsync(
            new Corev1Event
            {
                Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = @namespace },
                InvolvedObject = new V1ObjectReference
                {
                    ApiVersion = kind.ApiVersion,
                    Kind = kind.Kind,
                    Name = entity.Metadata.Name,
                    NamespaceProperty = EntityKey.Of(entity).Namespace,
                    Uid = entity.Metadata.Uid,
                },
                Type = said.Type.ToString(),
                Reason = said.Reason,
                Message = said.Message,
                Count = sighting.Count,
                FirstTimestamp = sighting.First,
                LastTimestamp = time.GetUtcNow().UtcDateTime,
                Source = new V1EventSource { Component = options.FieldManager },
                ReportingComponent = options.FieldManager,
                ReportingInstance = options.Identity,
            },
            cancellationToken);
    }

    private static string NameOf(string entity, EventContent said)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{said.Uid}\n{said.Type}\n{said.Reason}\n{said.Message}"));
        var suffix = $".{Convert.ToHexStringLower(hash)[..16]}";
        var stem = entity.Length > LongestName - suffix.Length ? entity[..(LongestName - suffix.Length)].TrimEnd('.', '-') : entity;
        return stem + suffix;
    }

    [LoggerMessage(LogLevel.Warning, "Event about {Entity} is not published ({Reason}: {Message}): {Why}")]
    private partial void LogFailed(EntityKey entity, string reason, string message, string why);
}
