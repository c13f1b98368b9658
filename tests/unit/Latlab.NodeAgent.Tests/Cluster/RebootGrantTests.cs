using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Cluster;

/// <summary>The node reboots when the operator granted it for this boot, and never otherwise.</summary>
public sealed class RebootGrantTests : IDisposable
{
    private const string Reboot = "systemctl reboot";
    private static readonly NodeTuningSpec Spec = new() { Boot = new(), Kernel = new() { Arguments = ["skew_tick=1"] } };

    private readonly AgentFixture _agent = new(GrubHost.Tree(), Spec);
    private readonly GrubHost _host;

    public RebootGrantTests() => _host = new(_agent.Tree);

    public void Dispose() => _agent.Dispose();

    [Fact]
    public async Task Without_a_grant_it_waits_and_says_that_a_reboot_is_required()
    {
        var loop = await _agent.StartAsync(_host);
        await loop.TurnAsync(_agent.Stop);
        Assert.True(_agent.Written.Conditions.IsTrue(NodeTuningConditions.RebootRequired));
        Assert.Equal(NodeTuningConditions.ReasonRebootRequired, _agent.Written.Conditions.Get(NodeTuningConditions.Effective)!.Reason);
        Assert.DoesNotContain(Reboot, _host.Commands);
    }

    [Fact]
    public async Task A_grant_for_this_boot_is_taken_and_for_another_one_not()
    {
        var loop = await _agent.StartAsync(_host);
        await loop.TurnAsync(_agent.Stop);
        await GrantAsync(FakeTree.SecondBoot);
        await loop.TurnAsync(_agent.Stop);
        Assert.DoesNotContain(Reboot, _host.Commands);
        await GrantAsync(FakeTree.FirstBoot);
        await loop.TurnAsync(_agent.Stop);
        Assert.Contains(Reboot, _host.Commands);
    }

    [Fact]
    public async Task After_the_reboot_the_same_grant_is_worth_nothing()
    {
        var loop = await _agent.StartAsync(_host);
        await GrantAsync(FakeTree.FirstBoot);
        await loop.TurnAsync(_agent.Stop);
        GrubHost.Reboot(_agent.Tree);
        _host.Commands.Clear();
        await loop.TurnAsync(_agent.Stop);
        Assert.True(_agent.Written.Conditions.IsTrue(NodeTuningConditions.Effective));
        Assert.Equal(ConditionStatus.False, _agent.Written.Conditions.Get(NodeTuningConditions.RebootRequired)!.Status);
        Assert.Empty(_host.Commands);
    }

    [Fact]
    public async Task Where_nothing_is_staged_a_grant_is_not_taken()
    {
        _agent.Tree.File("/etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"skew_tick=1\"\nGRUB_CMDLINE_LINUX=\"\"");
        _host.UpdateGrub();
        GrubHost.Reboot(_agent.Tree, FakeTree.FirstBoot);
        var loop = await _agent.StartAsync(_host);
        await GrantAsync(FakeTree.FirstBoot);
        await loop.TurnAsync(_agent.Stop);
        Assert.True(_agent.Written.Conditions.IsTrue(NodeTuningConditions.Effective));
        Assert.Null(_agent.Written.Conditions.Get(NodeTuningConditions.RebootRequired));
        Assert.DoesNotContain(Reboot, _host.Commands);
    }

    [Fact]
    public async Task While_the_object_is_being_deleted_a_grant_brings_the_old_command_line_back()
    {
        var loop = await _agent.StartAsync(_host);
        await loop.TurnAsync(_agent.Stop);
        GrubHost.Reboot(_agent.Tree);
        await loop.TurnAsync(_agent.Stop);
        _agent.Api.Object = _agent.Api.Object! with { Metadata = _agent.Api.Object.Metadata with { DeletionTimestamp = DateTime.UnixEpoch, Generation = 2 } };
        await GrantAsync(FakeTree.SecondBoot);
        await loop.TurnAsync(_agent.Stop);
        var conditions = _agent.Written.Conditions;
        Assert.True(conditions.IsTrue(NodeTuningConditions.Restored));
        Assert.True(conditions.IsTrue(NodeTuningConditions.RebootRequired));
        Assert.Contains(Reboot, _host.Commands);
        GrubHost.Reboot(_agent.Tree, "33333333-3333-3333-3333-333333333333");
        Assert.DoesNotContain("skew_tick", _agent.Tree.Text("/proc/cmdline"), StringComparison.Ordinal);
        await loop.TurnAsync(_agent.Stop);
        Assert.False(_agent.Written.Conditions.IsTrue(NodeTuningConditions.RebootRequired));
    }

    private Task GrantAsync(string bootId) => _agent.AnnotateAsync((RebootGrant.BootIdAnnotation, bootId));
}
