using System.Net;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Cluster;

namespace Latlab.NodeAgent.Tests.Cluster;

/// <summary>An API server's behaviour toward one agent, told step by step by the test.</summary>
internal sealed class FakeApi : INodeTuningApi
{
    private readonly Channel<object> _events = Channel.CreateUnbounded<object>();
    private readonly List<string?> _watchedFrom = [];
    private int _version = 1;

    public NodeTuning? Object { get; set; }

    /// <summary>Thrown by the next list.</summary>
    public Exception? ListFailure { get; set; }

    /// <summary>Thrown by the next update.</summary>
    public Exception? UpdateFailure { get; set; }

    /// <summary>Called at each update.</summary>
    public Action OnUpdate { get; set; } = () => { };

    public List<NodeTuningStatus> Written { get; } = [];

    /// <summary>Resource version that each watch began from. A copy: the watcher goes on meanwhile.</summary>
    public IReadOnlyList<string?> WatchedFrom
    {
        get
        {
            lock (_watchedFrom)
            {
                return [.. _watchedFrom];
            }
        }
    }

    /// <summary>Watches that the server ended.</summary>
    public int Ended { get; private set; }

    public int Lists { get; private set; }

    /// <summary>A watch event, or an exception for the watch to end with.</summary>
    public void Send(object item) => Assert.True(_events.Writer.TryWrite(item));

    public static NodeTuning Tuning(NodeTuningSpec spec, long generation = 1, bool deleted = false, int version = 1) => new()
    {
        Metadata = new()
        {
            Name = "n1",
            Uid = "uid-1",
            Generation = generation,
            ResourceVersion = $"{version}",
            DeletionTimestamp = deleted ? DateTime.UnixEpoch : null,
        },
        Spec = spec,
    };

    /// <summary>Somebody annotates the object, and the watch says so.</summary>
    public void Annotate(IReadOnlyDictionary<string, string> annotations)
    {
        Object = Object! with { Metadata = Object.Metadata with { Annotations = annotations, ResourceVersion = $"{++_version}" } };
        Send(new WatchEvent("MODIFIED", Object));
    }

    public Task<NodeTuningList> ListAsync(CancellationToken cancellationToken)
    {
        Lists++;
        if (ListFailure is { } failure)
        {
            ListFailure = null;
            throw failure;
        }

        return Task.FromResult(new NodeTuningList
        {
            Metadata = new() { ResourceVersion = $"{_version}" },
            Items = Object is null ? [] : [Object],
        });
    }

    public async IAsyncEnumerable<WatchEvent> WatchAsync(
        string? resourceVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        lock (_watchedFrom)
        {
            _watchedFrom.Add(resourceVersion);
        }

        while (true)
        {
            switch (await _events.Reader.ReadAsync(cancellationToken))
            {
                case WatchEvent change:
                    yield return change;
                    break;
                case Exception failure:
                    throw failure;
                default:
                    Ended++;
                    yield break;
            }
        }
    }

    public Task<NodeTuning> UpdateStatusAsync(NodeTuning current, NodeTuningStatus status, CancellationToken cancellationToken)
    {
        if (UpdateFailure is { } failure)
        {
            UpdateFailure = null;
            throw failure;
        }

        if (current.Metadata.ResourceVersion != Object?.Metadata.ResourceVersion)
        {
            throw new ClusterException(HttpStatusCode.Conflict, "the object has been modified");
        }

        OnUpdate();
        Written.Add(status);
        Object = current with { Status = status, Metadata = current.Metadata with { ResourceVersion = $"{++_version}" } };
        return Task.FromResult(Object);
    }
}
