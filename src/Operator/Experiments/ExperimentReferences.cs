using System.Globalization;
using Latlab.Crds.Experiments;
using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;
using Latlab.Operator.Runs;
using Latlab.Operator.TunedNodes;

namespace Latlab.Operator.Experiments;

/// <summary>
/// Checks what an experiment asks of other objects: TunedNode, interfaces, wires, room for captures, image, and the node's CPUs, memory and
/// hugepages.
/// </summary>
internal static class ExperimentReferences
{
    /// <summary>Ethernet header and FCS, which an MTU does not count.</summary>
    private const int FrameOverheadBytes = 18;

    private static readonly TunedNodeValidator TunedNodes = new();

    /// <summary>What can be said before a node is chosen.</summary>
    public static IReadOnlyList<Refusal> CheckTunedNode(ExperimentObservation observed, OperatorSettings settings)
    {
        var spec = observed.Experiment.Spec;
        if (observed.TunedNode is not { } tunedNode || tunedNode.Metadata.DeletionTimestamp is not null)
        {
            return [new("spec.tunedNode", spec.TunedNode, "is not there", "create it, or name one of `kubectl get tunednodes`")];
        }

        if (TunedNodes.Refusals(tunedNode.Spec).Count > 0)
        {
            return [new("spec.tunedNode", spec.TunedNode, "is not accepted itself", $"see `kubectl describe tunednode {spec.TunedNode}`, or name another one")];
        }

        return
        [
            .. Interfaces(spec, tunedNode.Spec, observed.Experiment.Metadata.NamespaceProperty),
            .. FrameSize(spec, tunedNode.Spec),
            .. Artifacts(spec, settings),
            .. new[] { ForwarderImages.Refusal(spec.Forwarder?.Image, settings) }.OfType<Refusal>(),
        ];
    }

    /// <summary>What the chosen node must have.</summary>
    public static IReadOnlyList<Refusal> CheckNode(ExperimentObservation observed, string nodeName)
    {
        if (observed.Experiment.Spec.Forwarder is not { } forwarder || !observed.Nodes.TryGetValue(nodeName, out var node))
        {
            return [];
        }

        List<Refusal> refusals = [];
        var cpus = (long)Math.Floor(NodeResources.Allocatable(node, "cpu"));
        if (forwarder.Cpus > cpus)
        {
            refusals.Add(new("spec.forwarder.cpus", Text(forwarder.Cpus), $"is more than the {cpus} whole CPUs that node \"{nodeName}\" can give to pods",
                "ask for fewer, or give kubelet fewer reserved CPUs"));
        }

        var memory = (long)(NodeResources.Allocatable(node, "memory") / HugePages.MiB);
        if (forwarder.MemoryMiB > memory)
        {
            refusals.Add(new("spec.forwarder.memoryMiB", Text(forwarder.MemoryMiB), $"is more than the {memory} MiB that node \"{nodeName}\" can give to pods", "ask for less"));
        }

        if (forwarder.HugePages is { } pages && HugePages.Bytes(pages) > NodeResources.Allocatable(node, "hugepages-" + pages.Size))
        {
            var there = (long)(NodeResources.Allocatable(node, "hugepages-" + pages.Size) / HugePages.PageBytes(pages.Size));
            refusals.Add(new("spec.forwarder.hugePages.count", Text(pages.Count),
                $"is more than the {there} pages of {pages.Size} that kubelet of node \"{nodeName}\" offers",
                "ask for fewer, or set more in the TunedNode's spec.memory.hugePages and restart kubelet, which counts them only when it starts"));
        }

        return refusals;
    }

    private static IEnumerable<Refusal> Interfaces(LatencyExperimentSpec spec, TunedNodeSpec offers, string @namespace)
    {
        // Said once: a TunedNode may offer many.
        var known = offers.Interfaces.Count == 0 ? " (it offers none)" : $" (it offers {string.Join(", ", offers.Interfaces.Select(i => i.Name))})";
        foreach (var (field, name) in NamedInterfaces(spec))
        {
            var offer = offers.Interfaces.FirstOrDefault(i => i.Name == name);
            if (offer is null)
            {
                yield return new(field, name, $"is not an interface of TunedNode \"{spec.TunedNode}\"{known}", "name one of its spec.interfaces, or add this one there");
                known = "";
            }
            else if (!offer.IsOfferedTo(@namespace))
            {
                yield return new(field, name, $"is not offered to namespace \"{@namespace}\"",
                    $"ask whoever keeps TunedNode \"{spec.TunedNode}\" to add the namespace to the interface");
            }
        }
    }

    /// <summary>Every interface that an experiment names, with the field that does.</summary>
    public static IEnumerable<(string Field, string Name)> NamedInterfaces(LatencyExperimentSpec spec)
    {
        yield return ("spec.traffic.interface", spec.Traffic.Interface);
        yield return ("spec.measurement.taps.ingress", spec.Measurement.Taps.Ingress);
        yield return ("spec.measurement.taps.egress", spec.Measurement.Taps.Egress);
        for (var i = 0; i < (spec.Forwarder?.Ports.Count ?? 0); i++)
        {
            yield return ($"spec.forwarder.ports[{i}].interface", spec.Forwarder!.Ports[i].Interface);
        }
    }

    private static IEnumerable<Refusal> FrameSize(LatencyExperimentSpec spec, TunedNodeSpec offers)
    {
        var names = NamedInterfaces(spec).Select(i => i.Name).ToHashSet();
        var devices = offers.Interfaces.Where(i => names.Contains(i.Name)).Select(i => i.Device).ToHashSet();
        var narrowest = offers.VirtualWires.Where(w => devices.Contains(w.EndA) || devices.Contains(w.EndB)).MinBy(w => w.Mtu);
        if (narrowest is not null && spec.Traffic.FrameSize > narrowest.Mtu + FrameOverheadBytes)
        {
            yield return new("spec.traffic.frameSize", Text(spec.Traffic.FrameSize),
                $"is more than virtual wire \"{narrowest.Name}\" carries: its MTU is {Text(narrowest.Mtu)}",
                $"write at most {Text(narrowest.Mtu + FrameOverheadBytes)}, or raise the wire's mtu in TunedNode \"{spec.TunedNode}\"");
        }
    }

    private static IEnumerable<Refusal> Artifacts(LatencyExperimentSpec spec, OperatorSettings settings)
    {
        if (spec.Artifacts?.Pcap == true && CaptureSize.InMiB(spec) is var size && size > settings.ArtifactsLimitMiB)
        {
            yield return new("spec.artifacts.pcap", "true",
                $"would keep {size.ToString(CultureInfo.InvariantCulture)} MiB of captures on the node, more than the {Text(settings.ArtifactsLimitMiB)} that an experiment may",
                "send less (rate, duration, frameSize, repetitions), or keep no captures; an administrator raises the limit by the chart's value runs.artifactsLimitMiB");
        }
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
