using Latlab.Crds.Runs;
using Latlab.Operator.Entities;
using Latlab.Operator.Runs;

namespace Latlab.Operator.Tests.Runs;

public sealed class RunPodArgumentsTests
{
    private readonly V1Alpha1LatencyRun _run = new SimulatedRun().Run;

    public RunPodArgumentsTests() =>
        _run.Spec.Interfaces = [.. "abeg".Select(name => new ResolvedInterface { Name = $"{name}", Device = $"dev-{name}" })];

    [Fact]
    public void The_forwarder_is_told_how_many_CPUs_are_its_own()
    {
        _run.Spec.Forwarder!.Cpus = 3;
        Assert.Equal("3", Argument(RunRole.Forwarder, "--cpus"));
    }

    [Fact]
    public void The_meters_probe_is_as_long_as_the_traffics_frames()
    {
        _run.Spec.Traffic.FrameSize = 1518;
        Assert.Equal("1518", Argument(RunRole.Meter, "--probe-size"));
    }

    private string Argument(RunRole role, string name)
    {
        var arguments = RunPods.Build(role, _run, new OperatorSettings()).Spec.Containers[0].Args;
        return arguments[arguments.IndexOf(name) + 1];
    }
}
