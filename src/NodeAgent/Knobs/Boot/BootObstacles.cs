using Latlab.Crds.NodeTunings;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>
/// What only the node shows to be wrong with arguments: CPUs and memory that it does not have or cannot spare, and a kubelet that would not
/// start with what they make of it.
/// </summary>
internal static class BootObstacles
{
    /// <summary>What is wrong with one of a spec's arguments on a node; null when nothing is.</summary>
    public static Func<KernelArgument, (string Problem, string Remedy)?> Of(
        HostView host, NodeTuningSpec spec, IReadOnlyList<KernelArgument> arguments)
    {
        var cpus = new CpuObstacles(host.Files, spec.Cpu, arguments);
        var pools = new PoolObstacles(host.Files, arguments);
        return argument => cpus.Of(argument) ?? pools.Of(argument)
            ?? KubeletObstacles.Of(host).WhyNot(argument, isWritten: BootArguments.IsWritten(spec));
    }
}
