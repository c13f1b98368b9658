using System.Globalization;
using k8s;
using k8s.Models;
using Latlab.Crds;
using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;
using Latlab.Operator.Tests.Reboots;
using Testing;

namespace Latlab.ApiServer.Tests.Reboots.Rollout;

/// <summary>
/// Every change of a TunedNode's nodes and NodeTunings since before the first of them, by watches of its own. Where a watch ends the next
/// one goes on; a gap is an error. The API server counts revisions over all kinds, so both are one history.
/// </summary>
internal sealed class FleetHistory : IAsyncDisposable
{
    private readonly List<FleetChange> _changes = [];
    private readonly Dictionary<Type, long> _last = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly InformerContext _context;
    private readonly Task _watches;

    private FleetHistory(InformerContext context, string label, (string Nodes, string Tunings) begin)
    {
        _context = context;
        _watches = Task.WhenAll(
            FollowAsync<V1Node>(OfNodes(label), begin.Nodes, FleetChange.Of),
            FollowAsync<V1Alpha1NodeTuning>(OfTunings(label), begin.Tunings, FleetChange.Of));
    }

    /// <summary>Begins, when there is nothing yet.</summary>
    public static async Task<FleetHistory> StartAsync(InformerContext context, string label, CancellationToken cancellationToken)
    {
        var nodes = await Watch<V1Node>(context, OfNodes(label)).ListAsync(cancellationToken);
        var tunings = await Watch<V1Alpha1NodeTuning>(context, OfTunings(label)).ListAsync(cancellationToken);
        Assert.Empty(nodes.Items.Concat(tunings.Items));
        return new FleetHistory(context, label, (nodes.ResourceVersion, tunings.ResourceVersion));
    }

    /// <summary>All of it, up to these versions of a node and of a NodeTuning.</summary>
    public async Task<IReadOnlyList<FleetChange>> UntilAsync(V1Node node, V1Alpha1NodeTuning tuning)
    {
        await Eventually.TrueAsync(
            () => _watches.IsCompleted || (Has<V1Node>(node.Metadata) && Has<V1Alpha1NodeTuning>(tuning.Metadata)),
            "the watches have seen all");
        if (_watches.IsCompleted)
        {
            await _watches;
        }

        lock (_changes)
        {
            return [.. _changes.OrderBy(change => change.Revision)];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watches.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task FollowAsync<T>(string selector, string begin, Func<T, bool, FleetChange> read)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var revision = begin;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await foreach (var line in Watch<T>(_context, selector).WatchAsync(revision, static () => { }, _stop.Token))
                {
                    revision = Take(line, read);
                }
            }
            catch (TimeoutException)
            {
                // Nothing happened for a while. It goes on where it was.
            }
        }
    }

    private string Take<T>(WatchLine line, Func<T, bool, FleetChange> read)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (line.Type is "ERROR")
        {
            throw new InvalidOperationException($"The history of {typeof(T).Name} has a gap: {line.Object}");
        }

        if (line.Type is not "BOOKMARK")
        {
            var change = read(ApiJson.Deserialize<T>(line.Object), line.Type is "DELETED");
            lock (_changes)
            {
                if (_last.TryGetValue(typeof(T), out var last) && change.Revision <= last)
                {
                    throw new InvalidOperationException($"Revision {change.Revision} of {typeof(T).Name} came after {last}");
                }

                _last[typeof(T)] = change.Revision;
                _changes.Add(change);
            }
        }

        return line.Object.GetProperty("metadata").GetProperty("resourceVersion").GetString()!;
    }

    private bool Has<T>(V1ObjectMeta version)
    {
        lock (_changes)
        {
            return _last.GetValueOrDefault(typeof(T)) >= long.Parse(version.ResourceVersion, CultureInfo.InvariantCulture);
        }
    }

    private static string OfNodes(string label) => $"{label}=yes";

    private static string OfTunings(string label) => $"{ApiGroup.TunedNodeLabel}={label}";

    private static ListWatch Watch<T>(InformerContext context, string selector)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        new(EntityKind.Of<T>(), null, selector, context.Connection, context.Options, context.Time);
}
