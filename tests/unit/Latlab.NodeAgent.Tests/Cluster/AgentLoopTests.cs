using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Cluster;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Reporting;
using Latlab.NodeAgent.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.NodeAgent.Tests.Cluster;

public sealed class AgentLoopTests : IDisposable
{
    private readonly FakeTree _tree = FakeTree.Usual();
    private readonly FakeApi _api = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly WorkSignal _signal = new();
    private readonly SharedLog _log = new();
    private readonly CancellationTokenSource _stop = new();

    public void Dispose()
    {
        _tree.Dispose();
        _signal.Dispose();
        _log.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task A_tuning_is_applied_and_its_status_written_once()
    {
        _api.Object = FakeApi.Tuning(Specs.Usual, generation: 7);
        var (loop, _) = await StartAsync();
        await loop.PassAsync(_stop.Token);
        await loop.PassAsync(_stop.Token);
        var status = Assert.Single(_api.Written);
        Assert.Equal(7, status.ObservedGeneration);
        Assert.Equal("3/3", status.InEffect);
        Assert.Equal(FakeTree.FirstBoot, status.BootId);
        Assert.Equal(new NodeEnvironment
        {
            KernelRelease = "6.1.0-test",
            KernelCommandLine = "root=/dev/vda1 quiet",
            CpuModel = "Test CPU @ 3.00GHz",
            OnlineCpus = "0-3",
        }, status.Environment);
        Assert.True(status.Conditions.IsTrue(NodeTuningConditions.Effective));
        await StopAsync();
    }

    [Fact]
    public async Task Drift_is_repaired_at_the_next_pass_and_reported()
    {
        _api.Object = FakeApi.Tuning(Specs.Usual);
        var (loop, _) = await StartAsync();
        await loop.PassAsync(_stop.Token);
        _tree.Sysctl("vm.stat_interval", "99");
        await loop.PassAsync(_stop.Token);
        Assert.Equal("10", _tree.SysctlText("vm.stat_interval"));
        Assert.Equal(1, _api.Written[^1].Drifts);
        await StopAsync();
    }

    [Fact]
    public async Task A_status_is_written_though_somebody_labelled_the_object_meanwhile()
    {
        _api.Object = FakeApi.Tuning(Specs.Usual);
        var (loop, _) = await StartAsync();
        _api.Object = FakeApi.Tuning(Specs.Usual, version: 5);
        await loop.PassAsync(_stop.Token);
        Assert.Equal("3/3", Assert.Single(_api.Written).InEffect);
        await StopAsync();
    }

    [Fact]
    public async Task A_status_about_a_former_wish_is_not_written()
    {
        _api.Object = FakeApi.Tuning(Specs.Usual);
        var (loop, _) = await StartAsync();
        _api.Object = FakeApi.Tuning(Specs.Empty, generation: 2, version: 5);
        await loop.PassAsync(_stop.Token);
        Assert.Empty(_api.Written);
        await StopAsync();
    }

    [Fact]
    public async Task While_the_object_is_being_deleted_all_is_restored_and_said_so()
    {
        var (loop, watcher) = await AppliedAsync();
        _api.Object = _api.Object! with { Metadata = _api.Object.Metadata with { DeletionTimestamp = DateTime.UnixEpoch, Generation = 2 } };
        _api.Send(new WatchEvent("MODIFIED", _api.Object));
        await Eventually.Until(() => watcher.Current?.Object?.Metadata.DeletionTimestamp is not null);
        await loop.PassAsync(_stop.Token);
        Assert.Equal("1", _tree.SysctlText("vm.stat_interval"));
        Assert.True(_api.Written[^1].Conditions.IsTrue(NodeTuningConditions.Restored));
        Assert.False(_api.Written[^1].Conditions.IsTrue(NodeTuningConditions.Effective));
        Assert.Empty(_api.Written[^1].Ledger);
        await StopAsync();
    }

    [Fact]
    public async Task A_restore_that_fails_is_reported_and_tried_again()
    {
        await AppliedAsync();
        await StopAsync();
        _api.Object = FakeApi.Tuning(Specs.Usual, generation: 2, deleted: true);
        var refuses = true;
        var host = new RefusingHost(
            _tree.Host, "Device or resource busy", path => refuses && path.EndsWith("stat_interval", StringComparison.Ordinal));
        using var stop = new CancellationTokenSource();
        var (loop, _) = await StartAsync(host, stop);
        await loop.PassAsync(stop.Token);
        var restored = _api.Written[^1].Conditions.Get(NodeTuningConditions.Restored)!;
        Assert.Equal(ConditionStatus.False, restored.Status);
        Assert.Equal(NodeTuningConditions.ReasonRestoreFailed, restored.Reason);
        Assert.Contains("Device or resource busy", restored.Message, StringComparison.Ordinal);
        refuses = false;
        _clock.Advance(TimeSpan.FromMinutes(1));
        await loop.PassAsync(stop.Token);
        Assert.True(_api.Written[^1].Conditions.IsTrue(NodeTuningConditions.Restored));
        await stop.CancelAsync();
    }

    [Fact]
    public async Task An_object_gone_without_goodbye_is_restored_once_a_list_says_that_it_is_gone()
    {
        await AppliedAsync();
        await StopAsync();
        _api.Object = null;
        using var stop = new CancellationTokenSource();
        var (loop, _) = await StartAsync(_tree.Host, stop);
        await loop.PassAsync(stop.Token);
        Assert.Equal("1", _tree.SysctlText("vm.stat_interval"));
        Assert.Empty(_tree.Journal().Entries);
        await stop.CancelAsync();
    }

    [Fact]
    public async Task As_long_as_the_api_server_has_not_answered_nothing_is_undone()
    {
        _tree.Tuner().Apply(Specs.Usual);
        var watcher = Watcher();
        await Loop(_tree.Host, watcher).PassAsync(_stop.Token);
        Assert.Equal("10", _tree.SysctlText("vm.stat_interval"));
        Assert.Empty(_api.Written);
    }

    [Fact]
    public async Task With_the_api_server_away_drift_is_still_repaired()
    {
        var (loop, watcher) = await AppliedAsync();
        _api.ListFailure = new HttpRequestException("Connection refused");
        _api.Send(new HttpRequestException("Connection reset"));
        await Eventually.Until(() => _log.ToString().Contains("Connection reset", StringComparison.Ordinal));
        _tree.Sysctl("vm.stat_interval", "99");
        await loop.PassAsync(_stop.Token);
        Assert.Equal("10", _tree.SysctlText("vm.stat_interval"));
        Assert.NotNull(watcher.Current?.Object);
        await StopAsync();
    }

    private async Task<(AgentLoop Loop, NodeTuningWatcher Watcher)> AppliedAsync()
    {
        _api.Object = FakeApi.Tuning(Specs.Usual);
        var (loop, watcher) = await StartAsync();
        await loop.PassAsync(_stop.Token);
        Assert.Equal("10", _tree.SysctlText("vm.stat_interval"));
        return (loop, watcher);
    }

    private Task<(AgentLoop Loop, NodeTuningWatcher Watcher)> StartAsync() => StartAsync(_tree.Host, _stop);

    private async Task<(AgentLoop Loop, NodeTuningWatcher Watcher)> StartAsync(IHost host, CancellationTokenSource stop)
    {
        var watcher = Watcher();
        var watches = _api.WatchedFrom.Count;
        _ = watcher.RunAsync(stop.Token);
        await Eventually.Until(() => watcher.Current is not null && _api.WatchedFrom.Count > watches);
        return (Loop(host, watcher), watcher);
    }

    private NodeTuningWatcher Watcher() =>
        new(_api, _signal, new Backoff(_clock, new Random(1)), new AgentLog(_log, _clock));

    private AgentLoop Loop(IHost host, NodeTuningWatcher watcher) =>
        new(_api, watcher, _signal, host, _tree.Tuner(host, _clock), _clock, TimeSpan.FromSeconds(15), new AgentLog(_log, _clock));

    private Task StopAsync() => _stop.CancelAsync();
}
