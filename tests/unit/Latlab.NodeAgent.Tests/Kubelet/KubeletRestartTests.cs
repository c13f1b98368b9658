using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Cluster;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Reporting;
using Latlab.NodeAgent.Tests.Cluster;
using Latlab.NodeAgent.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.NodeAgent.Tests.Kubelet;

/// <summary>Kubelet is restarted once for each grant, and never without one.</summary>
public sealed class KubeletRestartTests : IDisposable
{
    private static readonly string Grant = KubeletRestartGrant.For(FakeTree.FirstBoot, 1);

    private readonly FakeTree _tree = FakeTree.Usual().WithKubelet();
    private readonly FakeApi _api = new() { Object = FakeApi.Tuning(Specs.Usual) };
    private readonly FakeTimeProvider _clock = new();
    private readonly WorkSignal _signal = new();
    private readonly SharedLog _log = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Systemctl _host;
    private NodeTuningWatcher? _watcher;

    public KubeletRestartTests() => _host = new(_tree.Host);

    public void Dispose()
    {
        _stop.Cancel();
        _tree.Dispose();
        _signal.Dispose();
        _log.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task A_grant_is_good_for_one_restart_that_is_noted_before()
    {
        var loop = await StartedAsync();
        await loop.TurnAsync(_stop.Token);
        Assert.Empty(_host.Commands);
        await AnnotateAsync(Grant);
        _host.OnCommand = () => Assert.Equal(Grant, _api.Written[^1].Kubelet!.RestartedFor);
        await loop.TurnAsync(_stop.Token);
        await loop.TurnAsync(_stop.Token);
        Assert.Equal(["systemctl restart kubelet.service"], _host.Commands);
        // A new agent reads in the status that it was done.
        await (await StartedAsync()).TurnAsync(_stop.Token);
        Assert.Single(_host.Commands);
        Assert.Null(_api.Written[^1].Kubelet!.RestartProblem);
    }

    [Theory]
    [InlineData(FakeTree.SecondBoot, 1)]
    [InlineData(FakeTree.FirstBoot, 2)]
    public async Task A_grant_for_another_boot_or_wish_is_none(string boot, long generation)
    {
        var loop = await StartedAsync();
        await AnnotateAsync(KubeletRestartGrant.For(boot, generation));
        await loop.TurnAsync(_stop.Token);
        Assert.Empty(_host.Commands);
    }

    [Fact]
    public async Task A_restart_that_fails_is_told_and_not_tried_again()
    {
        _host.Refusal = "Unit kubelet.service not found.";
        var loop = await StartedAsync();
        await AnnotateAsync(Grant);
        await loop.TurnAsync(_stop.Token);
        await loop.TurnAsync(_stop.Token);
        Assert.Single(_host.Commands);
        Assert.Contains("Unit kubelet.service not found", _api.Written[^1].Kubelet!.RestartProblem!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_the_quiet_of_a_measurement_it_waits()
    {
        var loop = await StartedAsync();
        await AnnotateAsync(Grant, quietUntil: _clock.GetUtcNow().AddMinutes(1));
        await loop.TurnAsync(_stop.Token);
        Assert.Empty(_host.Commands);
        _clock.Advance(TimeSpan.FromMinutes(2));
        await loop.TurnAsync(_stop.Token);
        Assert.Single(_host.Commands);
    }

    private async Task AnnotateAsync(string grant, DateTimeOffset? quietUntil = null)
    {
        Dictionary<string, string> annotations = new() { [KubeletRestartGrant.Annotation] = grant };
        if (quietUntil is { } time)
        {
            annotations[ReadBackRequest.QuietUntilAnnotation] = $"{time:yyyy-MM-ddTHH:mm:ssZ}";
        }

        _api.Annotate(annotations);
        await Eventually.Until(() => _watcher!.Current?.Object?.KubeletRestartGrant == grant);
    }

    private async Task<AgentLoop> StartedAsync()
    {
        var log = new AgentLog(_log, _clock);
        _watcher = new(_api, _signal, new Backoff(_clock, new Random(1)), log);
        _ = _watcher.RunAsync(_stop.Token);
        await Eventually.Until(() => _watcher.Current is not null);
        return new(_api, _watcher, _signal, _host, _tree.Tuner(_host, _clock), _clock, TimeSpan.FromSeconds(15), log);
    }

    private sealed class Systemctl(IHost inner) : WrappedHost(inner)
    {
        public List<string> Commands { get; } = [];

        public string? Refusal { get; set; }

        public Action OnCommand { get; set; } = () => { };

        public override CommandOutcome RunOnHost(string program, IReadOnlyList<string> arguments, TimeSpan limit)
        {
            Commands.Add($"{program} {string.Join(' ', arguments)}");
            OnCommand();
            return Refusal is null ? new(0, "", "") : new(5, "", Refusal);
        }
    }
}
