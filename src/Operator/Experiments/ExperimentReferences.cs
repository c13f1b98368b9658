using System.Globalization;
using k8s.Models;
using Latlab.Crds.Experiments;
using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;
using Latlab.Operator.Runs;

namespace Latlab.Operator.Experiments;

/// <summary>Checks what an experiment asks of other objects: TunedNode, interfaces, image, and the node's CPUs, memory and hugepages.</summary>
internal static class ExperimentReferences
{
    /// <summary>What can be said before a node is chosen.</summary>
    public static IReadOnlyList<Refusal> CheckTunedNode(ExperimentObservation observed, OperatorSettings settings)
    {
        var spec = observed.Experiment.Spec;
        if (observed.TunedNode is not { } tunedNode || tunedNode.Metadata.DeletionTimestamp is not null)
        {
            return [new("spec.tunedNode", spec.TunedNode, "is not there", "create it, or name one of `kubectl get tunednodes`")];
        }

        return [.. Interfaces(spec, tunedNode.Spec, observed.Experiment.Metadata.NamespaceProperty), .. Images(spec, settings)];
    }

    /// <summary>What the chosen node must have.</summary>
    public static IReadOnlyList<Refusal> CheckNode(ExperimentObservation observed, string nodeName)
    {
        if (observed.Experiment.Spec.Forwarder is not { } forwarder || !observed.Nodes.TryGetValue(nodeName, out var node))
        {
            return [];
        }

        List<Refusal> refusals = [];
        var cpus = (long)Math.Floor(Allocatable(node, "cpu"));
        if (forwarder.Cpus > cpus)
        {
            refusals.Add(new("spec.forwarder.cpus", Text(forwarder.Cpus), $"is more than the {cpus} whole CPUs that node \"{nodeName}\" can give to pods",
                "ask for fewer, or give kubelet fewer reserved CPUs"));
        }

        var memory = (long)(Allocatable(node, "memory") / HugePages.MiB);
        if (forwarder.MemoryMiB > memory)
        {
            refusals.Add(new("spec.forwarder.memoryMiB", Text(forwarder.MemoryMiB), $"is more than the {memory} MiB that node \"{nodeName}\" can give to pods", "ask for less"));
        }

        if (forwarder.HugePages is { } pages && HugePages.Bytes(pages) > Allocatable(node, "hugepages-" + pages.Size))
        {
            var there = (long)(Allocatable(node, "hugepages-" + pages.Size) / HugePages.PageBytes(pages.Size));
            refusals.Add(new("spec.forwarder.hugePages.count", Text(pages.Count),
                $"is more than the {there} pages of {pages.Size} that kubelet of node \"{nodeName}\" offers",
                "ask for fewer, or set more in the TunedNode's spec.memory.hugePages and restart kubelet, which counts them only when it starts"));
        }

        return refusals;
    }

    private static IEnumerable<Refusal> Interfaces(LatencyExperimentSpec spec, TunedNodeSpec offers, string @namespace)
    {
        foreach (var (field, name) in NamedInterfaces(spec))
        {
            var offer = offers.Interfaces.FirstOrDefault(i => i.Name == name);
            if (offer is null)
            {
                var known = offers.Interfaces.Count == 0 ? "it offers none" : "it offers " + string.Join(", ", offers.Interfaces.Select(i => i.Name));
                yield return new(field, name, $"is not an interface of TunedNode \"{spec.TunedNode}\" ({known})", "name one of its spec.interfaces, or add this one there");
            }
            else if (!offer.Namespaces.Contains("*") && !offer.Namespaces.Contains(@namespace))
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

    private static IEnumerable<Refusal> Images(LatencyExperimentSpec spec, OperatorSettings settings)
    {
        if (spec.Forwarder?.Image is { } image && image != settings.ForwarderImage && !settings.AllowedForwarderImages.Contains(image))
        {
            yield return new("spec.forwarder.image", image, "is not on the operator's list",
                $"use one of: {string.Join(", ", settings.AllowedForwarderImages.Prepend(settings.ForwarderImage))}; "
                + "an administrator extends the list by the chart's value forwarder.allowedImages");
        }
    }

    private static decimal Allocatable(V1Node node, string resource) =>
        node.Status?.Allocatable?.TryGetValue(resource, out var quantity) == true ? quantity.ToDecimal() : 0;

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
