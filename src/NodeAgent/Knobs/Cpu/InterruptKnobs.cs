using Latlab.Crds;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs.Files;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs.Cpu;

/// <summary>Which CPUs serve interrupts.</summary>
internal static class InterruptKnobs
{
    private const string Prefix = "cpu.irqAffinity";
    private const string Default = "/proc/irq/default_smp_affinity";
    private static readonly NumberedFiles Lists = new("/proc/irq/*/smp_affinity_list");
    private static readonly FileKnob OfNew = new($"{Prefix}[default]", (Default, AttributeForm.Mask));
    private static readonly EachKnob Each = new();

    public static readonly KnobKind Affinity = new(
        Prefix,
        Wishes,
        key => key switch
        {
            "default" => OfNew,
            "each" => Each,
            _ => null,
        },
        new(
            "No device interrupts a CPU that carries packets.", $"{Default}, {Lists.Pattern}, and effective_affinity_list beside it",
            "core-api/irq/irq-affinity.rst",
            "Interrupts that the kernel manages itself (queues of NVMe and some NICs) cannot be moved; the ledger lists them. "
                + "irqbalance undoes it: stop it, or ban the CPUs"));

    private static IEnumerable<Wish> Wishes(NodeTuningSpec spec, HostView host) =>
        NodeCpus.Wishes(host, Prefix, spec.Cpu?.IrqAffinity, cpus =>
    {
        var list = CpuList.Format(cpus);
        return [Wish.For(OfNew, list), Wish.For(Each, NumberedKnob.Wish(Lists.Numbers(host.Files), list))];
    });

    /// <summary>Each interrupt that there is.</summary>
    private sealed class EachKnob() : NumberedKnob($"{Prefix}[each]", Lists, AttributeForm.Cpus)
    {
        private const string EffectiveList = "effective_affinity_list";
        private const string Balancer = "irqbalance";

        private static readonly string[] OfEach =
            ["affinity_hint", EffectiveList, "effective_affinity", "node", "smp_affinity", "smp_affinity_list", "spurious"];

        /// <summary>
        /// EIO as the system words it: what older kernels say of an interrupt that they manage themselves. In newer ones nobody may write
        /// its file.
        /// </summary>
        private const string InputOutputError = "Input/output error";

        /// <summary>Most controllers move an interrupt when it comes the next time.</summary>
        public override KnobReading Read(HostView host)
        {
            var reading = base.Read(host);
            var pending = Files.Numbers(host.Files).Where(number => IsPending(host, number)).ToList();
            var immovable = (host.Journal.Find(Path)?.ImmovableNumbers ?? new Dictionary<int, string>())
                .Where(entry => entry.Value == Identity(host, entry.Key)).Select(entry => entry.Key).ToList();
            List<string> remarks =
            [
                .. pending.Count > 0
                    ? [$"IRQs {List(pending)} come once more to the CPU that they came to last "
                        + $"({Files.Beside(pending[0], EffectiveList)}), and then move"]
                    : Array.Empty<string>(),
                .. Processes.Named(host.Files, Balancer).Take(1).Select(process =>
                    $"{Balancer} runs (/proc/{process}) and will move them again; "
                    + $"stop it (stoppedServices: [{Balancer}.service]), or set cpu.irqbalanceBannedCpus instead of this"),
                .. immovable.Count > 0
                    ? [$"the kernel lets nobody move IRQs {List(immovable)}; isolcpus=managed_irq keeps managed ones off isolated CPUs"]
                    : Array.Empty<string>(),
            ];
            return reading.Value is null ? reading
                : reading with { Immovable = immovable, Remark = remarks.Count == 0 ? null : string.Join("; ", remarks) };
        }

        /// <summary>Its handlers, which have a directory each beside the kernel's files.</summary>
        protected override string Identity(HostView host, int number) =>
            string.Join('+', host.Files.List(Files.Beside(number, "")).Except(OfEach).Select(name => name.Replace(' ', '_')));

        protected override bool IsImmovable(HostView host, int number, string problem) =>
            problem == InputOutputError || !host.Files.MayBeWritten(Files.Of(number));

        private bool IsPending(HostView host, int number) =>
            CpuList.TryParse(host.Files.Read(Files.Of(number)).Text, out var cpus)
            && CpuList.TryParse(host.Files.Read(Files.Beside(number, EffectiveList)).Text, out var serving)
            && serving.Except(cpus).Any();
    }
}
