using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Cluster;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Reporting;
using Latlab.NodeAgent.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.NodeAgent.Tests.Cluster;

/// <summary>A run asks for a look before and after its traffic, and for quiet in between.</summary>
public sealed class ReadBackTests : IDisposable
{
    private const string Name = "vm.stat_interval";

    private readonly FakeTree _tree = FakeTree.Usual();
    private readonly FakeApi _api = new() { Object = FakeApi.Tuning(Specs.Usual) };
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly WorkSignal _signal = new();
    private readonly SharedLog _log = new();
    private readonly CancellationTokenSource _stop = new();
    private NodeTuningWatcher? _watcher;

    public void Dispose()
    {
        _stop.Cancel();
        _tree.Dispose();
        _signal.Dispose();
        _log.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task A_request_is_answered_at_once_then_it_is_quiet_until_the_next_one()
    {
        var loop = await TunedAsync();
        Assert.Null(_api.Written[^1].ReadBack);
        _tree.Sysctl(Name, "99");
        await AskAsync("a", TimeSpan.FromMinutes(1));
        await loop.TurnAsync(_stop.Token);
        Assert.Equal(("a", 1, "10"), (_api.Written[^1].ReadBack, _api.Written[^1].Drifts, _tree.SysctlText(Name)));

        var written = _api.Written.Count;
        _tree.Sysctl(Name, "98");
        _clock.Advance(TimeSpan.FromSeconds(15));
        await loop.TurnAsync(_stop.Token);
        Assert.Equal((written, "98"), (_api.Written.Count, _tree.SysctlText(Name)));

        await AskAsync("b", TimeSpan.FromMinutes(1));
        await loop.TurnAsync(_stop.Token);
        Assert.Equal(("b", 2, "10"), (_api.Written[^1].ReadBack, _api.Written[^1].Drifts, _tree.SysctlText(Name)));
    }

    [Fact]
    public async Task After_the_quiet_passes_go_on_and_keep_the_answer()
    {
        var loop = await TunedAsync();
        await AskAsync("a", TimeSpan.FromMinutes(1));
        await loop.TurnAsync(_stop.Token);
        _tree.Sysctl(Name, "99");
        _clock.Advance(TimeSpan.FromMinutes(1));
        await loop.TurnAsync(_stop.Token);
        Assert.Equal(("a", 1, "10"), (_api.Written[^1].ReadBack, _api.Written[^1].Drifts, _tree.SysctlText(Name)));
    }

    [Theory]
    [InlineData(2, false, "20")]
    [InlineData(2, true, "1")]
    public async Task A_new_wish_and_a_deletion_are_met_at_once_though_it_is_quiet(long generation, bool deleted, string value)
    {
        var loop = await TunedAsync();
        await AskAsync("a", TimeSpan.FromMinutes(1));
        await loop.TurnAsync(_stop.Token);
        var annotations = _api.Object!.Metadata.Annotations;
        var next = FakeApi.Tuning(Specs.Sysctl(Name, "20"), generation, deleted, version: 50);
        _api.Object = next with { Metadata = next.Metadata with { Annotations = annotations } };
        _api.Send(new WatchEvent("MODIFIED", _api.Object));
        await Eventually.Until(() => _watcher!.Current?.Object?.Metadata.Generation == generation);
        await loop.TurnAsync(_stop.Token);
        Assert.Equal(value, _tree.SysctlText(Name));
    }

    [Fact]
    public async Task An_answer_that_could_not_be_written_is_given_again_though_it_is_quiet()
    {
        var loop = await TunedAsync();
        await AskAsync("a", TimeSpan.FromMinutes(1));
        _api.UpdateFailure = new HttpRequestException("Connection refused");
        await loop.TurnAsync(_stop.Token);
        Assert.Null(_api.Written[^1].ReadBack);
        await loop.TurnAsync(_stop.Token);
        Assert.Equal("a", _api.Written[^1].ReadBack);
    }

    [Fact]
    public async Task A_request_that_comes_while_the_host_is_looked_at_is_answered_by_the_next_look()
    {
        var asked = false;
        var loop = await StartAsync(new AskingHost(_tree.Host, () =>
        {
            if (!asked)
            {
                asked = true;
                AskAsync("late", TimeSpan.FromMinutes(1)).GetAwaiter().GetResult();
            }
        }));
        await loop.TurnAsync(_stop.Token);
        Assert.True(asked);
        Assert.DoesNotContain(_api.Written, status => status.ReadBack == "late");
        await loop.TurnAsync(_stop.Token);
        Assert.Equal("late", _api.Written[^1].ReadBack);
    }

    [Fact]
    public async Task A_time_that_is_none_is_ignored_and_said_once()
    {
        var loop = await TunedAsync();
        await AskAsync("a", "tomorrow");
        await loop.TurnAsync(_stop.Token);
        _tree.Sysctl(Name, "99");
        await loop.TurnAsync(_stop.Token);
        await loop.TurnAsync(_stop.Token);
        Assert.Equal("10", _tree.SysctlText(Name));
        Assert.Single(_log.ToString().Split('\n'), line => line.Contains("\"tomorrow\" is not a time", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Quiet_lasts_26_hours_at_most()
    {
        var loop = await TunedAsync();
        await AskAsync("a", "2999-01-01T00:00:00.1234567Z");
        await loop.TurnAsync(_stop.Token);
        await loop.TurnAsync(_stop.Token);
        _tree.Sysctl(Name, "99");
        _clock.Advance(TimeSpan.FromHours(26) - TimeSpan.FromSeconds(1));
        await loop.TurnAsync(_stop.Token);
        Assert.Equal("99", _tree.SysctlText(Name));
        _clock.Advance(TimeSpan.FromSeconds(1));
        await loop.TurnAsync(_stop.Token);
        Assert.Equal("10", _tree.SysctlText(Name));
        Assert.Contains("more than 26 h ahead", _log.ToString(), StringComparison.Ordinal);
    }

    private Task AskAsync(string token, TimeSpan quiet) => AskAsync(token, $"{_clock.GetUtcNow() + quiet:yyyy-MM-ddTHH:mm:ssZ}");

    private Task AskAsync(string token, string quietUntil)
    {
        _api.Annotate(new Dictionary<string, string>
        {
            [ReadBackRequest.TokenAnnotation] = token,
            [ReadBackRequest.QuietUntilAnnotation] = quietUntil,
        });
        return Eventually.Until(() => _watcher!.Current?.Object?.ReadBackToken == token);
    }

    private async Task<AgentLoop> TunedAsync()
    {
        var loop = await StartAsync(_tree.Host);
        await loop.TurnAsync(_stop.Token);
        Assert.Equal("10", _tree.SysctlText(Name));
        return loop;
    }

    private async Task<AgentLoop> StartAsync(IHost host)
    {
        var log = new AgentLog(_log, _clock);
        _watcher = new NodeTuningWatcher(_api, _signal, new Backoff(_clock, new Random(1)), log);
        _ = _watcher.RunAsync(_stop.Token);
        await Eventually.Until(() => _watcher.Current is not null && _api.WatchedFrom.Count == 1);
        return new(_api, _watcher, _signal, host, _tree.Tuner(host, _clock), _clock, TimeSpan.FromSeconds(15), log);
    }

    /// <summary>A host on which something happens at each write.</summary>
    private sealed class AskingHost(IHost inner, Action ask) : WrappedHost(inner)
    {
        public override string? WriteAttribute(string path, string value)
        {
            ask();
            return base.WriteAttribute(path, value);
        }
    }
}
