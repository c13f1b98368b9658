using Latlab.Crds.Runs;
using Latlab.Crds.Validation;
using Latlab.Operator.Entities;
using Latlab.Operator.Experiments;

namespace Latlab.Operator.Runs;

/// <summary>
/// Whether a run may have what it asks for, by what its node offers now. The experiment was checked when the run was made; offers may have
/// changed since then, and a run that no experiment made was never checked.
/// </summary>
internal static class RunPermissions
{
    public static Refusal? Refusal(RunObservation observed, V1Alpha1NodeTuning tuning, OperatorSettings settings)
    {
        var spec = observed.Run.Spec;
        return Owner(observed)
            ?? TunedNode(spec, tuning)
            ?? UsedInterfaces(spec).Select(name => Interface(name, observed.Run, tuning)).FirstOrDefault(refusal => refusal is not null)
            ?? ForwarderImages.Refusal(spec.Forwarder?.Image, settings);
    }

    private static Refusal? Owner(RunObservation observed)
    {
        var made = observed.Run.Metadata.OwnerReferences?.Any(o =>
            o is { Controller: true, Kind: "LatencyExperiment" } && o.Name == observed.Run.Spec.Experiment && o.Uid == observed.Experiment?.Metadata.Uid) == true;
        return made ? null : new("spec.experiment", observed.Run.Spec.Experiment, "is not an experiment that made this run", "create a LatencyExperiment, which makes its runs");
    }

    private static Refusal? TunedNode(LatencyRunSpec spec, V1Alpha1NodeTuning tuning) => spec.TunedNode == tuning.Spec.TunedNode.Name
        ? null
        : new("spec.tunedNode", spec.TunedNode, $"does not have node \"{spec.NodeName}\", which belongs to TunedNode \"{tuning.Spec.TunedNode.Name}\"", "create the experiment again");

    private static Refusal? Interface(string name, V1Alpha1LatencyRun run, V1Alpha1NodeTuning tuning)
    {
        var wish = run.Spec.Interfaces.FirstOrDefault(i => i.Name == name);
        var offer = tuning.Spec.Interfaces.FirstOrDefault(i => i.Name == name);
        var (problem, remedy) = (wish, offer) switch
        {
            (null, _) => ("is used by the run and not among its spec.interfaces", "create a LatencyExperiment, which resolves the names of its runs"),
            (_, null) => ($"is not offered by TunedNode \"{run.Spec.TunedNode}\"", "name one of its spec.interfaces, or add this one there"),
            _ when wish.Device != offer.Device => ($"is device \"{offer.Device}\" of the node and not \"{wish.Device}\"", "create the experiment again, as the TunedNode was changed"),
            _ when !offer.IsOfferedTo(run.Metadata.NamespaceProperty) =>
                ($"is not offered to namespace \"{run.Metadata.NamespaceProperty}\"", $"ask whoever keeps TunedNode \"{run.Spec.TunedNode}\" to add the namespace to the interface"),
            _ => (null, null),
        };
        return problem is null ? null : new("spec.interfaces", name, problem, remedy!);
    }

    /// <summary>Every name that is used, and every one that is only listed.</summary>
    private static IEnumerable<string> UsedInterfaces(LatencyRunSpec spec) =>
        new[] { spec.Traffic.Interface, spec.Measurement.Taps.Ingress, spec.Measurement.Taps.Egress }
            .Concat(spec.Forwarder?.Ports.Select(p => p.Interface) ?? [])
            .Concat(spec.Interfaces.Select(i => i.Name))
            .Distinct();
}
