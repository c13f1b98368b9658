using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Cluster;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Noise;
using Latlab.NodeAgent.Reporting;
using Latlab.NodeAgent.Tests.Cluster;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Noise;

/// <summary>
/// Looks at this machine's CPU 1, as an agent takes them: before the first change, and after each spec that came into effect in a boot.
/// </summary>
public sealed class NoiseLooksTests : IDisposable
{
    private static readonly NodeTuningSpec Spec = Specs.Sysctl("vm.stat_interval", "10") with
    {
        Cpu = new() { Isolated = "1" },
        NoiseCheck = new() { Duration = "20ms", MaxGap = "10s" },
    };

    private readonly AgentFixture _agent = new(FakeTree.Usual(), Spec);

    public void Dispose() => _agent.Dispose();

    [Fact]
    public async Task A_look_is_taken_before_the_first_change_and_one_after_it_and_no_more()
    {
        var loop = await _agent.StartAsync();
        await LookedAsync(loop);
        var noise = _agent.Written.Noise!;
        foreach (var found in new[] { noise.Before!, noise.After! })
        {
            Assert.Equal((1, FakeTree.FirstBoot, "1", _agent.Clock.GetUtcNow().UtcDateTime), (found.Generation, found.BootId, found.Cpus, found.At));
            Assert.InRange(found.DurationNs, 20_000_000, 60_000_000_000);
            Assert.Equal(found.MaxGapNs, Assert.Single(found.Worst).MaxGapNs);
        }

        Assert.True(_agent.Written.Conditions.IsTrue(NodeTuningConditions.Quiet));
        _agent.Clock.Advance(TimeSpan.FromMinutes(1));
        var written = _agent.Api.Written.Count;
        await loop.PassAsync(_agent.Stop);
        Assert.Equal(written, _agent.Api.Written.Count);
    }

    [Fact]
    public async Task Another_boot_is_looked_at_anew_and_what_was_before_tuning_is_kept()
    {
        var loop = await _agent.StartAsync();
        await LookedAsync(loop);
        _agent.Tree.Boot(FakeTree.SecondBoot);
        await LookedAsync(loop);
        Assert.Equal((FakeTree.FirstBoot, FakeTree.SecondBoot), (_agent.Written.Noise!.Before!.BootId, _agent.Written.Noise!.After!.BootId));
    }

    [Fact]
    public async Task What_is_not_in_effect_is_not_looked_at_and_what_was_tuned_already_has_no_before()
    {
        _agent.Tree.Tuner().Apply(Specs.Sysctl("vm.stat_interval", "5"));
        File.Delete(_agent.Tree.Root + "/proc/sys/vm/stat_interval");
        var loop = await _agent.StartAsync();
        await loop.PassAsync(_agent.Stop);
        Assert.Equal(new NoiseStatus(), _agent.Written.Noise);
        Assert.Null(_agent.Written.Conditions.Get(NodeTuningConditions.Quiet));
    }

    [Fact]
    public async Task A_gap_beyond_the_limit_and_a_look_that_failed_are_told_apart()
    {
        _agent.Api.Object = FakeApi.Tuning(Spec with { NoiseCheck = Spec.NoiseCheck! with { MaxGap = "1us" } });
        _agent.Api.Object = _agent.Api.Object with { Spec = _agent.Api.Object.Spec with { NoiseCheck = _agent.Api.Object.Spec.NoiseCheck! with { Duration = "200ms" } } };
        var loop = await _agent.StartAsync();
        await LookedAsync(loop);
        var quiet = _agent.Written.Conditions.Get(NodeTuningConditions.Quiet)!;
        // A tick of the kernel alone takes longer than that; on a machine without one the condition is true, and as right.
        Assert.Equal(_agent.Written.Noise!.After!.MaxGapNs > 1_000 ? ConditionStatus.False : ConditionStatus.True, quiet.Status);

        var failed = StatusBuilder.WithLooks(
            new(), Spec, new() { After = new() { Problem = "this process cannot run on CPU 1" } }, null, _agent.Clock.GetUtcNow());
        Assert.Equal((ConditionStatus.Unknown, "this process cannot run on CPU 1"), (failed.Conditions[0].Status, failed.Conditions[0].Message));
    }

    [Theory]
    [InlineData("a deletion")]
    [InlineData("a spec")]
    [InlineData("a run")]
    public async Task The_status_is_there_before_the_look_and_other_work_ends_it(string work)
    {
        var forTenMinutes = Spec with { NoiseCheck = Spec.NoiseCheck! with { Duration = "10m" } };
        _agent.Tree.Tuner().Apply(Spec);
        _agent.Api.Object = FakeApi.Tuning(forTenMinutes);
        var loop = await _agent.StartAsync();
        await loop.TurnAsync(_agent.Stop).WaitAsync(TimeSpan.FromSeconds(30), _agent.Stop);
        Assert.Equal((FakeTree.FirstBoot, null), (_agent.Written.BootId, _agent.Written.Noise!.After));
        Assert.True(_agent.Written.Conditions.IsTrue(NodeTuningConditions.Effective));

        await (work switch
        {
            "a deletion" => _agent.BecomeAsync(FakeApi.Tuning(forTenMinutes, generation: 2, deleted: true, version: 50)),
            "a spec" => _agent.BecomeAsync(FakeApi.Tuning(Specs.Sysctl("vm.stat_interval", "20"), generation: 2, version: 50)),
            _ => _agent.AnnotateAsync(
                (ReadBackRequest.TokenAnnotation, "a"),
                (ReadBackRequest.QuietUntilAnnotation, $"{_agent.Clock.GetUtcNow() + TimeSpan.FromMinutes(1):yyyy-MM-ddTHH:mm:ssZ}")),
        });
        // It ends before that is answered, and does not begin again while the run asks for quiet.
        _agent.Api.OnUpdate = () => Assert.Empty(Looking());
        await loop.TurnAsync(_agent.Stop).WaitAsync(TimeSpan.FromSeconds(30), _agent.Stop);
        Assert.DoesNotContain("failed", _agent.Log.ToString(), StringComparison.Ordinal);
        Assert.Empty(Looking());
        Assert.Equal(work == "a deletion" ? "1" : work == "a spec" ? "20" : "10", _agent.Tree.SysctlText("vm.stat_interval"));
        Assert.Equal(work == "a run" ? "a" : null, _agent.Written.ReadBack);
    }

    [Fact]
    public async Task Drift_is_found_while_a_look_lasts_which_begins_anew_and_is_never_beside_another()
    {
        _agent.Api.Object = FakeApi.Tuning(Spec with { NoiseCheck = Spec.NoiseCheck! with { Duration = "10m" } });
        _agent.Tree.Tuner().Apply(Spec);
        var loop = await _agent.StartAsync();
        await loop.TurnAsync(_agent.Stop).WaitAsync(TimeSpan.FromSeconds(30), _agent.Stop);
        await Eventually.Until(() => Looking().Count == 1);
        var first = Looking()[0];
        _agent.Tree.Sysctl("vm.stat_interval", "99");
        // Two of the agent's intervals.
        _agent.Clock.Advance(TimeSpan.FromSeconds(30));
        await loop.TurnAsync(_agent.Stop).WaitAsync(TimeSpan.FromSeconds(30), _agent.Stop);
        Assert.Equal((1, "10", null), (_agent.Written.Drifts, _agent.Tree.SysctlText("vm.stat_interval"), _agent.Written.Noise!.After));
        await Eventually.Until(() => Looking() is [var one] && one != first);
        // Another pass begins no second one.
        await loop.TurnAsync(_agent.Stop).WaitAsync(TimeSpan.FromSeconds(30), _agent.Stop);
        Assert.Single(Looking());
    }

    /// <summary>Passes until a look after the tuning, of this boot, is in the status.</summary>
    private async Task LookedAsync(AgentLoop loop)
    {
        var boot = BootId.Read(_agent.Tree.Host);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        do
        {
            await loop.TurnAsync(deadline.Token);
        }
        while (_agent.Written.Noise?.After?.BootId != boot);
    }

    /// <summary>Threads of this process that look at the noise of CPU 1; no other test does.</summary>
    private static List<string> Looking() =>
    [
        .. Directory.GetDirectories("/proc/self/task").Where(task => CpuThread.IsPinned(int.Parse(Path.GetFileName(task), null)) && Name(task) == "noise 1"),
    ];

    private static string Name(string task)
    {
        try
        {
            return File.ReadAllText($"{task}/comm").Trim();
        }
        catch (IOException)
        {
            // It has just ended.
            return "";
        }
    }
}
