using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Cluster;
using Latlab.NodeAgent.Reporting;
using Latlab.NodeAgent.Tests.Cluster;
using Latlab.NodeAgent.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.NodeAgent.Tests.Noise;

/// <summary>Looks at this machine's CPU 1, as an agent takes them: before the first change, and after each spec that came into effect in a boot.</summary>
public sealed class NoiseLooksTests : IDisposable
{
    private static readonly NodeTuningSpec Spec = Specs.Sysctl("vm.stat_interval", "10") with
    {
        Cpu = new() { Isolated = "1" },
        NoiseCheck = new() { Duration = "20ms", MaxGap = "10s" },
    };

    private readonly FakeTree _tree = FakeTree.Usual();
    private readonly FakeApi _api = new() { Object = FakeApi.Tuning(Spec) };
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
    public async Task A_look_is_taken_before_the_first_change_and_one_after_it_and_no_more()
    {
        var loop = await StartedAsync();
        await loop.PassAsync(_stop.Token);
        var noise = _api.Written[^1].Noise!;
        foreach (var found in new[] { noise.Before!, noise.After! })
        {
            Assert.Equal((1, FakeTree.FirstBoot, "1", _clock.GetUtcNow().UtcDateTime), (found.Generation, found.BootId, found.Cpus, found.At));
            Assert.InRange(found.DurationNs, 20_000_000, 60_000_000_000);
            Assert.Equal(found.MaxGapNs, Assert.Single(found.Worst).MaxGapNs);
        }

        Assert.True(_api.Written[^1].Conditions.IsTrue(NodeTuningConditions.Quiet));
        _clock.Advance(TimeSpan.FromMinutes(1));
        await loop.PassAsync(_stop.Token);
        Assert.Single(_api.Written);
    }

    [Fact]
    public async Task Another_boot_is_looked_at_anew_and_what_was_before_tuning_is_kept()
    {
        var loop = await StartedAsync();
        await loop.PassAsync(_stop.Token);
        _tree.Boot(FakeTree.SecondBoot);
        await loop.PassAsync(_stop.Token);
        Assert.Equal((FakeTree.FirstBoot, FakeTree.SecondBoot), (_api.Written[^1].Noise!.Before!.BootId, _api.Written[^1].Noise!.After!.BootId));
    }

    [Fact]
    public async Task What_is_not_in_effect_is_not_looked_at_and_what_was_tuned_already_has_no_before()
    {
        _tree.Tuner().Apply(Specs.Sysctl("vm.stat_interval", "5"));
        File.Delete(_tree.Root + "/proc/sys/vm/stat_interval");
        var loop = await StartedAsync();
        await loop.PassAsync(_stop.Token);
        Assert.Equal(new NoiseStatus(), _api.Written[^1].Noise);
        Assert.Null(_api.Written[^1].Conditions.Get(NodeTuningConditions.Quiet));
    }

    [Fact]
    public async Task A_gap_beyond_the_limit_and_a_look_that_failed_are_told_apart()
    {
        _api.Object = FakeApi.Tuning(Spec with { NoiseCheck = Spec.NoiseCheck! with { MaxGap = "1us" } });
        _api.Object = _api.Object with { Spec = _api.Object.Spec with { NoiseCheck = _api.Object.Spec.NoiseCheck! with { Duration = "200ms" } } };
        var loop = await StartedAsync();
        await loop.PassAsync(_stop.Token);
        var quiet = _api.Written[^1].Conditions.Get(NodeTuningConditions.Quiet)!;
        // A tick of the kernel alone takes longer than that; on a machine without one the condition is true, and as right.
        Assert.Equal(_api.Written[^1].Noise!.After!.MaxGapNs > 1_000 ? ConditionStatus.False : ConditionStatus.True, quiet.Status);

        var failed = StatusBuilder.WithLooks(
            new(), Spec, new() { After = new() { Problem = "this process cannot run on CPU 1" } }, null, _clock.GetUtcNow());
        Assert.Equal((ConditionStatus.Unknown, "this process cannot run on CPU 1"), (failed.Conditions[0].Status, failed.Conditions[0].Message));
    }

    private async Task<AgentLoop> StartedAsync()
    {
        var log = new AgentLog(_log, _clock);
        _watcher = new(_api, _signal, new Backoff(_clock, new Random(1)), log);
        _ = _watcher.RunAsync(_stop.Token);
        await Eventually.Until(() => _watcher.Current is not null);
        return new(_api, _watcher, _signal, _tree.Host, _tree.Tuner(_tree.Host, _clock), _clock, TimeSpan.FromSeconds(15), log);
    }
}
