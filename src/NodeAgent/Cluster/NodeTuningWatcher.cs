using System.Net;
using System.Text.Json;
using Latlab.NodeAgent.Reporting;

namespace Latlab.NodeAgent.Cluster;

/// <summary>
/// Keeps the newest state of the node's NodeTuning: list, then watch from there, again from the last version, a new list after 410.
/// </summary>
internal sealed class NodeTuningWatcher(INodeTuningApi api, WorkSignal signal, Backoff backoff, AgentLog log)
{
    private volatile Known? _known;
    private volatile TaskCompletionSource _otherWork = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the API server last said; null before it said anything.</summary>
    public Known? Current => _known;

    /// <summary>Ends when there is other work than that.</summary>
    public Task OtherThanAsync(Work? work)
    {
        // In this order: what comes in between ends the one or differs from the other.
        var other = _otherWork.Task;
        return _known?.Work == work ? other : Task.CompletedTask;
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        string? version = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            // Only an event shows that watching works. A server, or a proxy, that ends or refuses every watch at once must not be asked
            // without pause, however well it lists.
            var works = false;
            try
            {
                version ??= await ListAsync(cancellationToken);
                await foreach (var change in api.WatchAsync(version, cancellationToken))
                {
                    version = change.Object.Metadata.ResourceVersion ?? version;
                    Take(change);
                    backoff.Reset();
                    works = true;
                }
            }
            catch (ClusterException e) when (e.Code == HttpStatusCode.Gone)
            {
                version = null;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (
                e is HttpRequestException or IOException or JsonException or ClusterException or OperationCanceledException)
            {
                log.Warning($"Watching failed, verifying goes on: {e.Message}");
                version = null;
                works = false;
            }

            if (!works)
            {
                await backoff.WaitAsync(cancellationToken);
            }
        }
    }

    private async Task<string?> ListAsync(CancellationToken cancellationToken)
    {
        var list = await api.ListAsync(cancellationToken);
        Become(new(list.Items.Count > 0 ? list.Items[0] : null));
        return list.Metadata.ResourceVersion;
    }

    private void Take(WatchEvent change)
    {
        if (!change.IsBookmark)
        {
            Become(new(change.IsDeletion ? null : change.Object));
        }
    }

    private void Become(Known next)
    {
        var before = _known;
        _known = next;
        // Our own status comes back as an event, too: that is no work.
        if (before is null || before.Work != next.Work)
        {
            signal.Set();
            var other = _otherWork;
            _otherWork = new(TaskCreationOptions.RunContinuationsAsynchronously);
            other.SetResult();
        }
    }

    /// <summary>The object, or the knowledge that there is none.</summary>
    internal sealed record Known(NodeTuning? Object)
    {
        public Work? Work => Object?.Work;
    }
}
