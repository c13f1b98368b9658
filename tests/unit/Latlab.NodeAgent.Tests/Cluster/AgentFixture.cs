using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Cluster;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Reporting;
using Latlab.NodeAgent.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.NodeAgent.Tests.Cluster;

/// <summary>An agent's loop on a tree, with an API server and a clock that the test moves.</summary>
/// <param name="tree">The host's tree; goes with the fixture.</param>
/// <param name="spec">The wish at the start.</param>
internal sealed class AgentFixture(FakeTree tree, NodeTuningSpec spec) : IDisposable
{
    private readonly WorkSignal _signal = new();
    private readonly CancellationTokenSource _stop = new();
    private CancellationTokenSource? _process;
    private NodeTuningWatcher? _watcher;

    public FakeTree Tree => tree;

    public FakeApi Api { get; } = new() { Object = FakeApi.Tuning(spec) };

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public SharedLog Log { get; } = new();

    /// <summary>Ends with the fixture.</summary>
    public CancellationToken Stop => _stop.Token;

    public NodeTuningWatcher Watcher => _watcher!;

    /// <summary>The status that was written last.</summary>
    public NodeTuningStatus Written => Api.Written[^1];

    /// <summary>A loop that knows the wish.</summary>
    public async Task<AgentLoop> StartAsync(IHost? host = null)
    {
        var log = new AgentLog(Log, Clock);
        var watches = Api.WatchedFrom.Count;
        _process = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        _watcher = new(Api, _signal, new Backoff(Clock, new Random(1)), log);
        _ = _watcher.RunAsync(_process.Token);
        await Eventually.Until(() => _watcher.Current is not null && Api.WatchedFrom.Count == watches + 1);
        var machine = host ?? tree.Host;
        return new(Api, _watcher, _signal, machine, tree.Tuner(machine, Clock), Clock, TimeSpan.FromSeconds(15), log);
    }

    /// <summary>The process ends, and another one begins.</summary>
    public async Task<AgentLoop> RestartAsync(IHost? host = null)
    {
        await _process!.CancelAsync();
        _process.Dispose();
        return await StartAsync(host);
    }

    /// <summary>Annotates the object, and waits until the agent has heard of it.</summary>
    public Task AnnotateAsync(params IEnumerable<(string Key, string Value)> annotations)
    {
        Api.Annotate(annotations.ToDictionary(pair => pair.Key, pair => pair.Value));
        return HeardAsync();
    }

    /// <summary>Replaces the object, and waits until the agent has heard of it.</summary>
    public Task BecomeAsync(NodeTuning next)
    {
        Api.Object = next;
        Api.Send(new WatchEvent("MODIFIED", next));
        return HeardAsync();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _process?.Dispose();
        tree.Dispose();
        _signal.Dispose();
        Log.Dispose();
        _stop.Dispose();
    }

    private Task HeardAsync() => Eventually.Until(() => Watcher.Current?.Work == Api.Object!.Work);
}
