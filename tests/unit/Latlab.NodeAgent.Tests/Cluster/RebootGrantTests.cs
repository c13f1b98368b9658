using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Cluster;
using Latlab.NodeAgent.Reporting;
using Latlab.NodeAgent.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.NodeAgent.Tests.Cluster;

/// <summary>The node reboots when the operator granted it for this boot, and never otherwise.</summary>
public sealed class RebootGrantTests : IDisposable
{
    private const string Reboot = "systemctl reboot";
    private static readonly NodeTuningSpec Spec = new() { Boot = new(), Kernel = new() { Arguments = ["skew_tick=1"] } };

    private readonly FakeTree _tree = GrubHost.Tree();
    private readonly GrubHost _host;
    private readonly FakeApi _api = new() { Object = FakeApi.Tuning(Spec) };
    private readonly FakeTimeProvider _clock = new();
    private readonly WorkSignal _signal = new();
    private readonly SharedLog _log = new();
    private readonly CancellationTokenSource _stop = new();
    private NodeTuningWatcher? _watcher;

    public RebootGrantTests() => _host = new(_tree);

    public void Dispose()
    {
        _stop.Cancel();
        _tree.Dispose();
        _signal.Dispose();
        _log.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task Without_a_grant_it_waits_and_says_that_a_reboot_is_required()
    {
        var loop = await StartedAsync();
        await loop.TurnAsync(_stop.Token);
        Assert.True(_api.Written[^1].Conditions.IsTrue(NodeTuningConditions.RebootRequired));
        Assert.Equal(NodeTuningConditions.ReasonRebootRequired, _api.Written[^1].Conditions.Get(NodeTuningConditions.Effective)!.Reason);
        Assert.DoesNotContain(Reboot, _host.Commands);
    }

    [Fact]
    public async Task A_grant_for_this_boot_is_taken_and_for_another_one_not()
    {
        var loop = await StartedAsync();
        await loop.TurnAsync(_stop.Token);
        await GrantAsync(FakeTree.SecondBoot);
        await loop.TurnAsync(_stop.Token);
        Assert.DoesNotContain(Reboot, _host.Commands);
        await GrantAsync(FakeTree.FirstBoot);
        await loop.TurnAsync(_stop.Token);
        Assert.Contains(Reboot, _host.Commands);
    }

    [Fact]
    public async Task After_the_reboot_the_same_grant_is_worth_nothing()
    {
        var loop = await StartedAsync();
        await GrantAsync(FakeTree.FirstBoot);
        await loop.TurnAsync(_stop.Token);
        GrubHost.Reboot(_tree);
        _host.Commands.Clear();
        await loop.TurnAsync(_stop.Token);
        Assert.True(_api.Written[^1].Conditions.IsTrue(NodeTuningConditions.Effective));
        Assert.Equal(ConditionStatus.False, _api.Written[^1].Conditions.Get(NodeTuningConditions.RebootRequired)!.Status);
        Assert.Empty(_host.Commands);
    }

    [Fact]
    public async Task Where_nothing_is_staged_a_grant_is_not_taken()
    {
        _tree.File("/etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"skew_tick=1\"\nGRUB_CMDLINE_LINUX=\"\"");
        _host.UpdateGrub();
        GrubHost.Reboot(_tree, FakeTree.FirstBoot);
        var loop = await StartedAsync();
        await GrantAsync(FakeTree.FirstBoot);
        await loop.TurnAsync(_stop.Token);
        Assert.True(_api.Written[^1].Conditions.IsTrue(NodeTuningConditions.Effective));
        Assert.Null(_api.Written[^1].Conditions.Get(NodeTuningConditions.RebootRequired));
        Assert.DoesNotContain(Reboot, _host.Commands);
    }

    [Fact]
    public async Task While_the_object_is_being_deleted_a_grant_brings_the_old_command_line_back()
    {
        var loop = await StartedAsync();
        await loop.TurnAsync(_stop.Token);
        GrubHost.Reboot(_tree);
        await loop.TurnAsync(_stop.Token);
        _api.Object = _api.Object! with { Metadata = _api.Object.Metadata with { DeletionTimestamp = DateTime.UnixEpoch, Generation = 2 } };
        await GrantAsync(FakeTree.SecondBoot);
        await loop.TurnAsync(_stop.Token);
        var conditions = _api.Written[^1].Conditions;
        Assert.True(conditions.IsTrue(NodeTuningConditions.Restored));
        Assert.True(conditions.IsTrue(NodeTuningConditions.RebootRequired));
        Assert.Contains(Reboot, _host.Commands);
        GrubHost.Reboot(_tree, "33333333-3333-3333-3333-333333333333");
        Assert.DoesNotContain("skew_tick", _tree.Text("/proc/cmdline"), StringComparison.Ordinal);
        await loop.TurnAsync(_stop.Token);
        Assert.False(_api.Written[^1].Conditions.IsTrue(NodeTuningConditions.RebootRequired));
    }

    private async Task GrantAsync(string bootId)
    {
        _api.Annotate(new Dictionary<string, string> { [RebootGrant.BootIdAnnotation] = bootId });
        await Eventually.Until(() => _watcher!.Current?.Object?.MayEndBoot == bootId);
    }

    private async Task<AgentLoop> StartedAsync()
    {
        var log = new AgentLog(_log, _clock);
        _watcher = new(_api, _signal, new Backoff(_clock, new Random(1)), log);
        _ = _watcher.RunAsync(_stop.Token);
        await Eventually.Until(() => _watcher.Current is not null);
        return new(_api, _watcher, _signal, _host, _tree.Tuner(_host, _clock), _clock, TimeSpan.FromSeconds(15), log);
    }
}
