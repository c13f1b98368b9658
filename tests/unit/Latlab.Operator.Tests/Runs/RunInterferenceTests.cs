using Latlab.Crds.NodeTunings;
using Latlab.Operator.Runs;

namespace Latlab.Operator.Tests.Runs;

/// <summary>What the agent counted around a run belongs to that run alone.</summary>
public sealed class RunInterferenceTests
{
    private static readonly string Uid = RunObjects.Run().Metadata.Uid;

    [Fact]
    public void The_forwarders_cpus_are_taken_and_others_only_where_those_are_not_known()
    {
        var observed = Observed(Uid + "/before", Uid + "/after");
        Assert.Equal([3], RunInterference.Of(observed, "3,7")!.Select(cpu => cpu.Cpu));
        Assert.Equal([2, 3], RunInterference.Of(observed, forwarderCpus: null)!.Select(cpu => cpu.Cpu));
        Assert.Equal([2, 3], RunInterference.Of(observed, "0-1")!.Select(cpu => cpu.Cpu));
        Assert.Equal([3], RunInterference.Of(Observed(Uid + "/ready", Uid + "/after"), "3")!.Select(cpu => cpu.Cpu));
    }

    [Fact]
    public void What_was_counted_for_another_run_or_began_elsewhere_is_not()
    {
        Assert.Null(RunInterference.Of(Observed("other/before", Uid + "/after"), null));
        Assert.Null(RunInterference.Of(Observed(Uid + "/before", "other/before"), null));
        Assert.Null(RunInterference.Of(new RunObservation { Run = RunObjects.Run() }, null));
    }

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
