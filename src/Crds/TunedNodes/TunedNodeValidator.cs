using System.Text.RegularExpressions;
using Latlab.Crds.Validation;

namespace Latlab.Crds.TunedNodes;

/// <summary>The rules of a TunedNode that span several fields, or that a schema cannot say.</summary>
public sealed partial class TunedNodeValidator : SpecValidator<TunedNodeSpec>
{
    private const int LongestLabelPrefix = 253;

    private static readonly TimeSpan LongestResumeLatency = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestNoiseCheck = TimeSpan.FromMinutes(10);

    /// <summary>Sets up the rules.</summary>
    public TunedNodeValidator()
    {
        Rule(Nodes);
        Rule(spec => (spec.NodeSelector ?? new Dictionary<string, string>()).SelectMany(Label));
        Rule(spec => spec.Cpu is { } cpu ? Cpus(cpu) : []);
        Rule(spec => KernelArgument.Check(spec.Kernel?.Arguments ?? [], "spec.kernel.arguments"));
        Rule(spec => spec is { Cache.L3Ways: { } ways, Cpu: not { Isolated: not null } }
            ? [new Refusal("spec.cache.l3Ways", $"{ways}", "is for isolated CPUs, and spec.cpu.isolated is missing", "name them there")]
            : []);
        Rule(spec => spec is { Cpu.IrqbalanceBannedCpus: { } banned } && spec.StoppedServices.Contains("irqbalance.service")
            ? [new Refusal("spec.cpu.irqbalanceBannedCpus", banned, "is for a running irqbalance, and spec.stoppedServices stops it", "write one of the two")]
            : []);
        Rule(Profile);
        Rule(BootContradictions.Check);
        Rule(Disruption);
        Rule(NoiseCheck);
        Rule(HugePages);
        Rule(Sysctls);
        Rule(spec => Doubles("spec.networkDevices", spec.NetworkDevices, d => d.Device, "have one entry for each device", ".device"));
        Rule(spec => spec.NetworkDevices.SelectMany((device, i) => ReceiveCpus($"spec.networkDevices[{i}].receiveCpus", device.ReceiveCpus, spec.Cpu?.Isolated)));
        Rule(spec => spec.StoppedServices.Select((unit, i) => StoppableUnits.Check(unit, $"spec.stoppedServices[{i}]")).OfType<Refusal>());
        Rule(spec => Doubles("spec.devices", spec.Devices, d => d.Name, "give each device a name of its own", ".name"));
        Rule(spec => spec.Devices.Index().SelectMany(d => DeviceRules.Check(spec.Devices, d.Index, spec.VirtualWires, spec.Interfaces)));
        Rule(spec => Doubles("spec.virtualWires", spec.VirtualWires, w => w.Name, "give each wire a name of its own", ".name"));
        Rule(spec => Doubles("spec.interfaces", spec.Interfaces, i => i.Name, "give each interface a name of its own", ".name"));
        // Two names for one device would let a generator send on the port that a forwarder owns.
        Rule(spec => Doubles("spec.interfaces", spec.Interfaces, i => i.Device, "offer each device once, under one name", ".device"));
    }

    private static IEnumerable<Refusal> Nodes(TunedNodeSpec spec) => (spec.NodeName, spec.NodeSelector) switch
    {
        (null, null) =>
            [new Refusal("spec.nodeSelector", "", "is missing, and so is spec.nodeName", "set one of them")],
        ({ } name, not null) => [new Refusal("spec.nodeName", name, "is set beside spec.nodeSelector", "set exactly one of them")],
        _ => [],
    };

    private static IEnumerable<Refusal> Label(KeyValuePair<string, string> label)
    {
        var slash = label.Key.IndexOf('/', StringComparison.Ordinal);
        var (prefix, name) = slash < 0 ? (null, label.Key) : (label.Key[..slash], label.Key[(slash + 1)..]);
        if (!LabelName().IsMatch(name) || (prefix is not null && (prefix.Length > LongestLabelPrefix || !LabelPrefix().IsMatch(prefix))))
        {
            yield return new Refusal(
                "spec.nodeSelector", label.Key, "is not a label's name", "write [prefix/]name as in `kubectl get nodes --show-labels`");
        }

        if (label.Value.Length > 0 && !LabelName().IsMatch(label.Value))
        {
            yield return new Refusal(
                $"spec.nodeSelector[{label.Key}]", label.Value, "is not a label's value", "write at most 63 letters, digits, - _ and .");
        }
    }

    private static IEnumerable<Refusal> Cpus(CpuTuning cpu)
    {
        foreach (var (field, latency) in new[] { ("maxResumeLatency", cpu.MaxResumeLatency), ("maxDmaLatency", cpu.MaxDmaLatency) })
        {
            if (latency is not null && !(LengthOfTime.TryParse(latency, out var length) && length <= LongestResumeLatency))
            {
                yield return new Refusal($"spec.cpu.{field}", latency, "is no such time", "write 0us to 1s, e.g. 10us");
            }
        }

        if (cpu is { Isolation: CpuIsolation.CgroupPartition, Isolated: null })
        {
            yield return new Refusal("spec.cpu.isolation", $"{cpu.Isolation}", "is about isolated CPUs, and spec.cpu.isolated is missing", "name them there");
        }

        if (cpu.MinPerformancePercent > cpu.MaxPerformancePercent)
        {
            yield return new Refusal(
                "spec.cpu.minPerformancePercent", $"{cpu.MinPerformancePercent}", "is more than spec.cpu.maxPerformancePercent", "write at most that");
        }

        if (cpu is { IrqbalanceBannedCpus: { } banned, IrqAffinity: not null })
        {
            yield return new Refusal(
                "spec.cpu.irqbalanceBannedCpus", banned, "is for a running irqbalance, which moves what spec.cpu.irqAffinity sets", "write one of the two");
        }

        var lists = new[]
        {
            ("isolated", cpu.Isolated), ("irqAffinity", cpu.IrqAffinity), ("workqueueAffinity", cpu.WorkqueueAffinity),
            ("kernelThreadAffinity", cpu.KernelThreadAffinity),
        };
        var wrong = lists.Append(("irqbalanceBannedCpus", cpu.IrqbalanceBannedCpus))
            .Where(list => list.Item2 is not null && !CpuList.TryParse(list.Item2, out _)).ToList();
        foreach (var (field, list) in wrong)
        {
            yield return new Refusal($"spec.cpu.{field}", list!, "is not a list of CPUs", $"write numbers up to {CpuList.MaxCpu} and rising ranges, e.g. 0-3,8");
        }

        if (wrong.Count > 0 || cpu.Isolated is not { } isolated)
        {
            yield break;
        }

        if (CpuList.Parse(isolated)[0] == 0)
        {
            yield return new Refusal("spec.cpu.isolated", isolated, "has CPU 0, which the kernel needs for its own work", "leave CPU 0 out");
        }

        foreach (var (field, list) in lists.Skip(1))
        {
            if (CpuList.Common(isolated, list) is { Length: > 0 } common)
            {
                yield return new Refusal(
                    $"spec.cpu.{field}", list!, $"has CPUs that spec.cpu.isolated has, too: {common}", "name CPUs that are not isolated");
            }
        }
    }

    private static IEnumerable<Refusal> ReceiveCpus(string field, string? list, string? isolated)
    {
        if (list is not null && !CpuList.TryParse(list, out _))
        {
            yield return new Refusal(field, list, "is not a list of CPUs", $"write numbers up to {CpuList.MaxCpu} and rising ranges, e.g. 0-3,8");
        }
        else if (CpuList.Common(isolated, list) is { Length: > 0 } common)
        {
            yield return new Refusal(field, list!, $"has CPUs that spec.cpu.isolated has, too: {common}", "name CPUs that are not isolated");
        }
    }

    private static IEnumerable<Refusal> Profile(TunedNodeSpec spec)
    {
        if (spec.Profile is not { } profile)
        {
            return [];
        }

        if (spec.Cpu?.Isolated is null)
        {
            return [new Refusal("spec.profile", $"{profile}", "is about isolated CPUs, and spec.cpu.isolated is missing", "name them there")];
        }

        if (profile == BootProfile.KernelDocs && spec.Cpu.IrqAffinity is null)
        {
            return
            [
                new Refusal(
                    "spec.profile", $"{profile}", "gives interrupts to all CPUs that are not isolated, and spec.cpu.irqAffinity is missing",
                    "name them there: which CPUs there are, a TunedNode cannot know"),
            ];
        }

        // With its CPUs in it, and the spec's own beside it: what those alone have wrong is told already.
        var own = spec.Kernel?.Arguments ?? [];
        var all = BootProfiles.Resolve(spec)!.Arguments;
        var wrong = KernelArgument.Check(all, "spec.profile").Where(refusal => !own.Contains(refusal.Value));
        return all.Count <= KernelTuning.MostArguments
            ? wrong
            : wrong.Append(new(
                "spec.profile", $"{profile}", $"makes {all.Count} arguments with those of spec.kernel.arguments, and there may be {KernelTuning.MostArguments}",
                "write fewer, or no profile"));
    }

    private static IEnumerable<Refusal> Disruption(TunedNodeSpec spec)
    {
        if (spec.Disruption is not { } disruption)
        {
            yield break;
        }

        if (disruption.Reboot == RebootPolicy.WhenRequired && spec.Boot is not { Apply: BootApply.Automatic, Bootloader: not Bootloader.External })
        {
            yield return new Refusal(
                "spec.disruption.reboot", $"{disruption.Reboot}", "asks for reboots into what latlab wrote, and spec.boot has it write nothing, or leave the reboot to others",
                "set spec.boot.apply to Automatic and spec.boot.bootloader to another than External, or write Never");
        }

        if (disruption.Window is not { } window)
        {
            yield break;
        }

        if (window.Start == window.End)
        {
            yield return new Refusal("spec.disruption.window.end", window.End, "is its start, too: the window has no length", "write another time, or leave out the window");
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(window.TimeZone, out _))
        {
            yield return new Refusal("spec.disruption.window.timeZone", window.TimeZone, "is no time zone that is known here", "write an IANA name, e.g. Europe/Berlin, or UTC");
        }
    }

    private static IEnumerable<Refusal> NoiseCheck(TunedNodeSpec spec)
    {
        if (spec.NoiseCheck is not { } check)
        {
            yield break;
        }

        if (spec.Cpu?.Isolated is null)
        {
            yield return new Refusal("spec.noiseCheck", "", "is about isolated CPUs, and spec.cpu.isolated is missing", "name them there");
        }

        if (!(LengthOfTime.TryParse(check.Duration, out var length) && length <= LongestNoiseCheck))
        {
            yield return new Refusal("spec.noiseCheck.duration", check.Duration, "is no such time", "write at most 10m, e.g. 10s: the CPUs are busy, and the agent with them");
        }

        if (check.MaxGap is { } gap && !LengthOfTime.TryParse(gap, out _))
        {
            yield return new Refusal("spec.noiseCheck.maxGap", gap, "is no length of time", "write e.g. 50us");
        }
    }

    private static IEnumerable<Refusal> HugePages(TunedNodeSpec spec) => Doubles(
        "spec.memory.hugePages", spec.Memory?.HugePages ?? [], p => $"{p.Size} on NUMA node {p.NumaNode}",
        "have one entry for each size and NUMA node");

    private static IEnumerable<Refusal> Sysctls(TunedNodeSpec spec) =>
        spec.Kernel?.Sysctls is { } sysctls
            ? sysctls.Keys.Select(name => AllowedSysctls.Check(name, sysctls, spec.VirtualWires)).OfType<Refusal>()
            : [];

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex LabelName();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex LabelPrefix();
}
