using Latlab.Crds.NodeTunings;
using Latlab.Operator.Runs;

namespace Latlab.Operator.Tests.Runs;

/// <summary>What the agent counted around a run belongs to that run alone.</summary>
public sealed class RunInterferenceTests
{
    private static readonly string Uid = RunObjects.Run().Metadata.Uid;

    [Theory]
    [InlineData("/before")]
    [InlineData("/ready")]
    public void What_was_counted_for_the_run_is_taken(string from) =>
        Assert.Equal([2, 3], RunInterference.Of(Observed(Uid + from, Uid + "/after"))!.Select(cpu => cpu.Cpu));

    [Fact]
    public void What_was_counted_for_another_run_or_began_elsewhere_is_not()
    {
        Assert.Null(RunInterference.Of(Observed("other/before", Uid + "/after")));
        Assert.Null(RunInterference.Of(Observed(Uid + "/before", "other/before")));
        Assert.Null(RunInterference.Of(new RunObservation { Run = RunObjects.Run() }));
    }

    [Theory]
    [InlineData("3,7", new[] { 3 })]
    [InlineData(null, new[] { 2, 3 })]
    public void The_forwarders_cpus_are_kept_and_all_where_those_are_not_known(string? forwarderCpus, int[] kept)
    {
        var counted = RunInterference.Of(Observed(Uid + "/before", Uid + "/after"));
        Assert.Equal(kept, RunInterference.On(forwarderCpus, counted)!.Select(cpu => cpu.Cpu));
        Assert.Null(RunInterference.On(forwarderCpus, null));
    }

    [Fact]
    public void Of_cpus_that_were_not_looked_at_nothing_is_said() =>
        Assert.Null(RunInterference.On("70-71", RunInterference.Of(Observed(Uid + "/before", Uid + "/after"))));

    private static RunObservation Observed(string from, string to)
    {
        var tuning = RunObjects.EffectiveTuning();
        tuning.Status = tuning.Status! with
        {
            Interference = new Interference { From = from, To = to, Cpus = [new() { Cpu = 2, Interrupts = 5 }, new() { Cpu = 3, Interrupts = 0 }] },
        };
        return new RunObservation { Run = RunObjects.Run(), Tuning = tuning };
    }
}
