using System.Globalization;
using Latlab.Crds;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs.Files;

namespace Latlab.NodeAgent.Knobs.Cpu;

/// <summary>How fast CPUs run.</summary>
internal static class FrequencyKnobs
{
    private const string Boosting = "/sys/devices/system/cpu/cpufreq/boost";
    private const string Intel = "/sys/devices/system/cpu/intel_pstate";
    private const string Amd = "/sys/devices/system/cpu/amd_pstate";
    private const string NoTurbo = $"{Intel}/no_turbo";
    private static readonly NumberedFiles Governors = new("/sys/devices/system/cpu/cpufreq/policy*/scaling_governor");
    private static readonly NumberedFiles Biases = new("/sys/devices/system/cpu/cpu*/power/energy_perf_bias");

    /// <summary>A policy's CPUs change their frequency together: it is meant when one of them is.</summary>
    public static readonly KnobKind Governor = FileKinds.EachOf(
        new GovernorKnob(),
        spec => spec.Cpu?.Governor,
        (host, cpus) => Governors.Numbers(host.Files).Where(policy => cpus is null || CpusOf(host, policy).Intersect(cpus).Any()),
        new(
            "A steady frequency: none to be waited for when work comes.", Governors.Pattern, "admin-guide/pm/cpufreq.rst",
            "CPUs of one policy share their governor"));

    public static readonly KnobKind MaxPerformance = FileKinds.One(
        "cpu.maxPerformancePercent",
        spec => spec.Cpu?.MaxPerformancePercent?.ToString(CultureInfo.InvariantCulture),
        new(
            "With the lowest percentage the same: one clock for all packets.", $"{Intel}/max_perf_pct",
            "admin-guide/pm/intel_pstate.rst", "intel_pstate only"),
        ($"{Intel}/max_perf_pct", AttributeForm.Plain));

    /// <summary>After the highest, which the kernel cuts it down to.</summary>
    public static readonly KnobKind MinPerformance = FileKinds.One(
        "cpu.minPerformancePercent",
        spec => spec.Cpu?.MinPerformancePercent?.ToString(CultureInfo.InvariantCulture),
        new(
            "The clock does not fall below it when there is little to do.", $"{Intel}/min_perf_pct",
            "admin-guide/pm/intel_pstate.rst", "intel_pstate only"),
        ($"{Intel}/min_perf_pct", AttributeForm.Plain));

    public static readonly KnobKind EnergyPerformanceBias = FileKinds.EachOf(
        new NumberedKnob("cpu.energyPerformanceBias", Biases, new(Word, value => value)),
        spec => spec.Cpu?.EnergyPerformanceBias?.ToString(CultureInfo.InvariantCulture),
        CpuSelection.Of(Biases),
        new("A hint to the processor to wake and to clock up at once.", Biases.Pattern, "admin-guide/pm/intel_epb.rst", "Intel only"));

    public static readonly KnobKind Boost = FileKinds.One(
        "cpu.boost",
        spec => spec.Cpu?.Boost is { } boost ? boost ? "1" : "0" : null,
        new(
            "Without it all packets meet the same clock; with it the fast ones are faster.", $"{Boosting}, {NoTurbo}",
            "admin-guide/pm/cpufreq.rst, intel_pstate.rst"),
        (Boosting, AttributeForm.Plain),
        (NoTurbo, AttributeForm.Inverse));

    /// <summary>Made last here, as it knows those above; it is set before them, and restored before them.</summary>
    public static readonly KnobKind Driver = FileKinds.One(
        new PerformanceDriverKnob(
            new FileKnob("cpu.performanceDriver", ($"{Intel}/status", AttributeForm.Plain), ($"{Amd}/status", AttributeForm.Plain)),
            Only(MaxPerformance), Only(MinPerformance), Only(Governor), Only(Boost)),
        spec => spec.Cpu?.PerformanceDriver?.ToString().ToLowerInvariant(),
        new(
            "Who chooses frequencies: the processor, or the kernel's governors.", $"{Intel}/status, {Amd}/status",
            "admin-guide/pm/intel_pstate.rst, amd-pstate.rst",
            "Switching it sets governors, percentages and boost to what the driver begins with; latlab sets them again, at restoring, too. "
                + "Off is not offered: without a driver a CPU may stay at a low clock"));

    private static Knob Only(KnobKind kind) => kind.FromKey("")!;

    private static IReadOnlyList<int> CpusOf(HostView host, int policy) =>
        CpuList.TryParse(host.Files.Read(Governors.Beside(policy, "related_cpus")).Text?.Replace(' ', ','), out var cpus) ? cpus : [policy];

    /// <summary>Kernels show some values by name.</summary>
    private static string Word(string text) => text switch
    {
        "performance" => "0",
        "balance-performance" => "4",
        "normal" => "6",
        "balance-power" => "8",
        "power" => "15",
        _ => text,
    };

    private sealed class GovernorKnob() : NumberedKnob("cpu.governor", Governors, AttributeForm.Plain)
    {
        public override string? Write(HostView host, string value)
        {
            var first = NumberedValues.Parse(value).Keys.FirstOrDefault();
            return base.Write(host, value) is { } failure
                ? $"{failure}; there are {host.Files.Read(Governors.Beside(first, "scaling_available_governors")).Text ?? "none"}"
                : null;
        }
    }
}
