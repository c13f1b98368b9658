using System.Net;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Cluster;
using Latlab.NodeAgent.Reporting;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Cluster;

public sealed class NodeTuningWatcherTests : IDisposable
{
    private readonly FakeApi _api = new() { Object = FakeApi.Tuning(Specs.Usual) };
    private readonly SwiftClock _clock = new();
    private readonly WorkSignal _signal = new();
    private readonly SharedLog _log = new();
    private readonly CancellationTokenSource _stop = new();

    public void Dispose()
    {
        _stop.Cancel();
        _signal.Dispose();
        _log.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task A_watch_that_fails_each_time_is_asked_less_and_less_however_well_the_list_works()
    {
        await StartAsync();
        for (var i = 0; i < 4; i++)
        {
            _api.Send(new HttpRequestException("Connection reset"));
        }

        await Eventually.Until(() => _api.WatchedFrom.Count == 5);
        AssertWaited();
        Assert.Equal(5, _api.Lists);
    }

    [Fact]
    public async Task A_version_that_is_too_old_each_time_is_listed_anew_less_and_less()
    {
        await StartAsync();
        for (var i = 0; i < 4; i++)
        {
            _api.Send(new ClusterException(HttpStatusCode.Gone, "too old"));
        }

        await Eventually.Until(() => _api.WatchedFrom.Count == 5);
        AssertWaited();
        Assert.Equal(5, _api.Lists);
    }

    [Fact]
    public async Task A_version_too_old_after_an_event_leads_to_a_new_list_at_once()
    {
        await StartAsync();
        _api.Send(Bookmark("42"));
        _api.Send(new ClusterException(HttpStatusCode.Gone, "too old"));
        await Eventually.Until(() => _api.WatchedFrom.Count == 2);
        Assert.Equal(2, _api.Lists);
        Assert.Empty(_clock.Waits);
    }

    [Fact]
    public async Task A_watch_that_ends_goes_on_from_the_last_bookmark()
    {
        await StartAsync();
        _api.Send(Bookmark("42"));
        _api.Send("end");
        await Eventually.Until(() => _api.WatchedFrom.Count == 2);
        Assert.Equal("42", _api.WatchedFrom[1]);
        Assert.Equal(1, _api.Lists);
    }

    [Fact]
    public async Task A_watch_that_ends_at_once_is_not_asked_again_without_pause()
    {
        await StartAsync();
        _api.Send("end");
        await Eventually.Until(() => _api.WatchedFrom.Count == 2);
        Assert.InRange(Assert.Single(_clock.Waits).TotalSeconds, 0.5, 1);
    }

    [Fact]
    public async Task Our_own_status_coming_back_is_no_work()
    {
        var watcher = await StartAsync();
        await _signal.WaitAsync(TimeSpan.Zero, _stop.Token);
        _api.Send(new WatchEvent("MODIFIED", _api.Object! with { Metadata = _api.Object!.Metadata with { ResourceVersion = "77" } }));
        // The watch has ended, so all that came before its end has been dealt with.
        _api.Send("end");
        await Eventually.Until(() => _api.WatchedFrom.Count == 2);
        Assert.Equal("77", watcher.Current?.Object?.Metadata.ResourceVersion);
        Assert.False(await _signal.WaitAsync(TimeSpan.Zero, _stop.Token));
        _api.Send(new WatchEvent("MODIFIED", FakeApi.Tuning(Specs.Usual, generation: 2, version: 78)));
        await Eventually.Until(() => watcher.Current?.Object?.Metadata.Generation == 2);
        Assert.True(await _signal.WaitAsync(TimeSpan.FromMinutes(1), _stop.Token));
    }

    [Fact]
    public async Task A_request_to_look_is_work_and_one_for_quiet_is_none()
    {
        await StartAsync();
        await _signal.WaitAsync(TimeSpan.Zero, _stop.Token);
        _api.Annotate(new Dictionary<string, string> { [ReadBackRequest.QuietUntilAnnotation] = "2030-01-01T00:00:00Z" });
        _api.Send("end");
        await Eventually.Until(() => _api.WatchedFrom.Count == 2);
        Assert.False(await _signal.WaitAsync(TimeSpan.Zero, _stop.Token));
        _api.Annotate(new Dictionary<string, string> { [ReadBackRequest.TokenAnnotation] = "a" });
        Assert.True(await _signal.WaitAsync(TimeSpan.FromMinutes(1), _stop.Token));
    }

    /// <summary>Four waits, from half of 1, 2, 4 and 8 seconds to all of that.</summary>
    private void AssertWaited() => Assert.Collection(_clock.Waits, UpTo(1), UpTo(2), UpTo(4), UpTo(8));

    private static Action<TimeSpan> UpTo(double seconds) => wait => Assert.InRange(wait.TotalSeconds, seconds / 2, seconds);

    private static WatchEvent Bookmark(string version) => new("BOOKMARK", new() { Metadata = new() { ResourceVersion = version } });

    private async Task<NodeTuningWatcher> StartAsync()
    {
        var watcher = new NodeTuningWatcher(_api, _signal, new Backoff(_clock, new Random(1)), new AgentLog(_log, _clock));
        _ = watcher.RunAsync(_stop.Token);
        await Eventually.Until(() => _api.WatchedFrom.Count == 1);
        return watcher;
    }

    /// <summary>A clock on which every wait is over at once, and noted.</summary>
    private sealed class SwiftClock : TimeProvider
    {
        private readonly List<TimeSpan> _waits = [];

        public IReadOnlyList<TimeSpan> Waits
        {
            get
            {
                lock (_waits)
                {
                    return [.. _waits];
                }
            }
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            lock (_waits)
            {
                _waits.Add(dueTime);
            }

            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
