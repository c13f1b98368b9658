using System.Security.Cryptography;
using System.Text;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>
/// Writes core/v1 Events, the kind that every kubectl shows with its count. An Event's name follows from what it says, so that a restarted
/// operator, too, raises the count instead of repeating itself. For one caller at a time.
/// </summary>
[EntityRbac(typeof(Corev1Event), Verbs = RbacVerb.Get | RbacVerb.Create | RbacVerb.Patch)]
internal sealed class EventSender(IEntityClient client, OperatorRuntimeOptions options, TimeProvider time)
{
    private const int LongestName = 253;

    private readonly EventHistory _history = new(time);

    /// <summary>Makes the Event, or raises its count; or neither, when the same is sent too often.</summary>
    public async Task SendAsync(Occurrence occurrence, CancellationToken cancellationToken)
    {
        // Cluster-scoped objects' events live in this namespace: kubectl describe looks there.
        var @namespace = occurrence.About.NamespaceProperty ?? "default";
        var name = NameOf(occurrence);
        var sighting = _history.Note(occurrence.Said, occurrence.At);
        if (sighting.IsFirst && await EarlierAsync(occurrence.Said, @namespace, name, cancellationToken) is { } earlier)
        {
            sighting = _history.Continue(occurrence.Said, earlier.Count ?? 1, earlier.FirstTimestamp ?? occurrence.At);
        }

        if (!sighting.IsWorthSending)
        {
            return;
        }

        await client.ApplyAsync(
            new Corev1Event
            {
                Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = @namespace },
                InvolvedObject = occurrence.About,
                Type = occurrence.Said.Type.ToString(),
                Reason = occurrence.Said.Reason,
                Message = occurrence.Said.Message,
                Count = sighting.Count,
                FirstTimestamp = sighting.First,
                LastTimestamp = occurrence.At,
                Source = new V1EventSource { Component = options.FieldManager },
                ReportingComponent = options.FieldManager,
                ReportingInstance = options.Identity,
            },
            cancellationToken);
    }

    /// <summary>The Event as an operator before this one left it.</summary>
    private async Task<Corev1Event?> EarlierAsync(EventContent said, string @namespace, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetAsync<Corev1Event>(@namespace, name, cancellationToken);
        }
        catch
        {
            // The next one must ask again: its count would else start from one, under that of the Event.
            _history.Forget(said);
            throw;
        }
    }

    private static string NameOf(Occurrence occurrence)
    {
        var (uid, type, reason, message) = occurrence.Said;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{uid}\n{type}\n{reason}\n{message}"));
        var suffix = $".{Convert.ToHexStringLower(hash)[..16]}";
        var entity = occurrence.About.Name;
        var stem = entity.Length > LongestName - suffix.Length ? entity[..(LongestName - suffix.Length)].TrimEnd('.', '-') : entity;
        return stem + suffix;
    }
}
