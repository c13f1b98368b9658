using Latlab.Crds.Validation;

namespace Latlab.Crds.TunedNodes;

/// <summary>Boot arguments, a profile's included, that say one thing where another field says another. Pure.</summary>
internal static class BootContradictions
{
    private const string One = "make them the same, or write one of the two";

    /// <summary>What contradicts; what is no argument at all is another rule's to tell.</summary>
    public static IEnumerable<Refusal> Check(TunedNodeSpec spec)
    {
        var own = spec.Kernel?.Arguments ?? [];
        var arguments = (BootProfiles.Resolve(spec)?.Arguments ?? []).Select(KernelArgument.TryParse).OfType<KernelArgument>().ToList();
        return arguments.SelectMany(argument => Of(spec, arguments, argument).Select(found =>
            new Refusal(Field(own, argument), $"{argument}", found.Problem, found.Remedy)));
    }

    private static IEnumerable<(string Problem, string Remedy)> Of(
        TunedNodeSpec spec, IReadOnlyList<KernelArgument> all, KernelArgument argument) => argument switch
        {
            { Name: "isolcpus", Value: { } value } => Isolated(spec, value),
            { Name: "irqaffinity" or "systemd.cpu_affinity", Value: { } value } => Housekeeping(spec, all, argument.Name, value),
            { Name: "transparent_hugepage", Value: { } value } => Differs(
                "spec.memory.transparentHugePages", spec.Memory?.TransparentHugePages is { } wished ? $"{wished}" : null,
                wished => string.Equals(wished, value, StringComparison.OrdinalIgnoreCase)),
            { PoolSize: not null } => Pages(spec, argument),
            { Name: "intel_pstate" or "amd_pstate", Value: "disable" } => Driver(spec, all, argument.Name),
            _ => [],
        };

    private static IEnumerable<(string, string)> Isolated(TunedNodeSpec spec, string value) =>
        Differs("spec.cpu.isolated", spec.Cpu?.Isolated, isolated => SameCpus(isolated, value));

    private static IEnumerable<(string, string)> Housekeeping(
        TunedNodeSpec spec, IReadOnlyList<KernelArgument> all, string name, string value)
    {
        if (KernelArgument.Cpus(value) is not { } cpus)
        {
            return [];
        }

        var isolated = all.Where(other => other.Name == "isolcpus")
            .Select(other => other.Value is { } list ? KernelArgument.Cpus(list) : null)
            .Append(CpuList.TryParse(spec.Cpu?.Isolated, out var wished) ? wished : null)
            .SelectMany(list => list ?? []);
        var common = cpus.Intersect(isolated).ToList();
        return
        [
            .. name == "irqaffinity" ? Differs("spec.cpu.irqAffinity", spec.Cpu?.IrqAffinity, list => SameCpus(list, value)) : [],
            .. common.Count > 0
                ? [($"has CPUs that are isolated by spec.cpu.isolated or isolcpus: {CpuList.Format(common)}", "name others")]
                : Array.Empty<(string, string)>(),
        ];
    }

    /// <summary>
    /// Pages that the boot made and a knob would give back at once. How the kernel spreads a plain number over NUMA nodes, a spec does not
    /// know: then all that is wished counts.
    /// </summary>
    private static IEnumerable<(string, string)> Pages(TunedNodeSpec spec, KernelArgument pool)
    {
        var wished = (spec.Memory?.HugePages ?? []).Where(other => other.Size.TrimEnd('i') == pool.PoolSize).ToList();
        foreach (var (node, count) in pool.Pages)
        {
            var there = wished.Where(other => node is null || other.NumaNode == node).ToList();
            if (there.Count > 0 && there.Sum(other => (long)other.Count) is var sum && sum < count)
            {
                yield return (
                    $"makes {count} pages{(node is null ? "" : $" on NUMA node {node}")} at boot, "
                        + $"of which spec.memory.hugePages would keep {sum}",
                    "wish for at least as many there; by NUMA node, also at boot: hugepages=0:4,1:4");
            }
        }
    }

    /// <summary>
    /// Governors are left: those of acpi-cpufreq, as TuneD's profiles have them. A driver for the other maker's processors may be there.
    /// </summary>
    private static IEnumerable<(string, string)> Driver(TunedNodeSpec spec, IReadOnlyList<KernelArgument> all, string name)
    {
        var field = spec.Cpu switch
        {
            { MinPerformancePercent: not null } when name == "intel_pstate" => "minPerformancePercent",
            { MaxPerformancePercent: not null } when name == "intel_pstate" => "maxPerformancePercent",
            { PerformanceDriver: PerformanceDriver.Guided } when name == "amd_pstate" => "performanceDriver",
            { PerformanceDriver: not null } when name == "intel_pstate"
                && all.Any(other => other is { Name: "amd_pstate", Value: "disable" }) => "performanceDriver",
            _ => null,
        };
        return field is null ? [] : [($"switches the driver off that spec.cpu.{field} is about", "write one of the two")];
    }

    private static IEnumerable<(string, string)> Differs(string field, string? wished, Func<string, bool> isSame) =>
        wished is null || isSame(wished) ? [] : [($"is not what {field} says: {wished}", One)];

    /// <summary>Lists that are none are told elsewhere.</summary>
    private static bool SameCpus(string list, string value) =>
        !CpuList.TryParse(list, out var one) || KernelArgument.Cpus(value) is not { } other || one.SequenceEqual(other);

    private static string Field(IReadOnlyList<string> own, KernelArgument argument)
    {
        for (var i = 0; i < own.Count; i++)
        {
            if (own[i] == $"{argument}")
            {
                return $"spec.kernel.arguments[{i}]";
            }
        }

        return "spec.profile";
    }
}
