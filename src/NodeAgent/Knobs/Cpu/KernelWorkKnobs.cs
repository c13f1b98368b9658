using Latlab.Crds;
using Latlab.NodeAgent.Knobs.Files;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs.Cpu;

/// <summary>Where the kernel does its own work.</summary>
internal static class KernelWorkKnobs
{
    private const string Unbound = "/sys/devices/virtual/workqueue/cpumask";
    private const string Prefix = "cpu.workqueueAffinity";
    private static readonly NumberedFiles Ignoring = new("/sys/devices/system/machinecheck/machinecheck*/ignore_ce");
    private static readonly FileKnob Queues = new(Prefix, (Unbound, AttributeForm.Mask));

    public static readonly KnobKind WorkqueueAffinity = new(
        Prefix,
        (spec, host) => NodeCpus.Wishes(host, Prefix, spec.Cpu?.WorkqueueAffinity, cpus => [Wish.For(Queues, CpuList.Format(cpus))]),
        FileKinds.Only(Queues),
        new("The kernel's unbound work (writeback, crypto, drivers') stays off the other CPUs.", Unbound, "core-api/workqueue.rst",
            "Each queue's own mask (workqueue/*/cpumask, writeback's too) is within this one: the kernel takes what both have, and this one where they "
                + "have nothing (wqattrs_actualize_cpumask of kernel/workqueue.c). Work bound to a CPU cannot be moved"));

    public static readonly KnobKind IgnoreCorrectedErrors = FileKinds.EachOf(
        new NumberedKnob("cpu.ignoreCorrectedErrors", Ignoring, AttributeForm.Plain),
        spec => spec.Cpu?.IgnoreCorrectedErrors is { } ignore ? ignore ? "1" : "0" : null,
        (host, _) => Ignoring.Numbers(host.Files),
        new(
            "No timer on every CPU that polls for corrected machine-check errors.", Ignoring.Pattern, "arch/x86/x86_64/machinecheck.rst",
            "Memory that goes bad is not noticed before it fails"));
}
