using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>What a kernel shows of its clocks and idle states, and what may be wrong with those though the argument is in effect.</summary>
internal static class ClockProofs
{
    public const string ClockSource = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    public const string IdleDriver = "/sys/devices/system/cpu/cpuidle/current_driver";
    private const string Frequency = "/sys/devices/system/cpu/cpufreq";
    private const string AcpiStates = "/sys/module/processor/parameters/max_cstate";

    /// <summary>The driver of each policy is another one than that which is switched off.</summary>
    /// <param name="drivers">Its names.</param>
    public static Proof OtherDriver(params string[] drivers) => new($"{Frequency}/policy*/scaling_driver", (host, _) =>
    {
        var files = Policies(host).Select(policy => $"{Frequency}/{policy}/scaling_driver").ToList();
        var wrong = files.Find(file => drivers.Contains(host.Files.Read(file).Text));
        return files.Count == 0 ? null : new(wrong ?? files[0])
        {
            Contradiction = wrong is null ? null : $"{wrong} is \"{host.Files.Read(wrong).Text}\"",
        };
    });

    /// <summary>
    /// A driver's file has the argument's value; where there is none, the driver may be in charge all the same (of AMD's before Linux 6.3),
    /// or never came, for want of the processor's part in it.
    /// </summary>
    /// <param name="file">The driver's file.</param>
    /// <param name="drivers">Its names.</param>
    public static Proof Mode(string file, params string[] drivers) => new(file, (host, argument) =>
    {
        var found = Proof.Compare(host, file, argument.Value ?? "", value => value == argument.Value);
        var shown = Policies(host).Select(policy => $"{Frequency}/{policy}/scaling_driver").Select(path => (Path: path, host.Files.Read(path).Text)).FirstOrDefault();
        return found is not null || drivers.Contains(shown.Text) ? found : new(shown.Path ?? file)
        {
            Contradiction = shown.Text is { } other ? $"{shown.Path} is \"{other}\"" : $"there is no {file}, and no driver that chooses frequencies",
        };
    });

    /// <summary>Nobody chooses a frequency any more.</summary>
    public static string? NoDriver(HostView host, KernelArgument argument) => Policies(host).Any() ? null
        : $"no driver is left that chooses frequencies (there is no {Frequency}/policy*): the clock stays where the firmware set it, which may be low, and no "
            + "governor raises it; look at \"cpu MHz\" of /proc/cpuinfo, or ask for passive instead of disable";

    /// <summary>intel_idle switched off hands over to acpi_idle, which has states of its own (<c>admin-guide/pm/intel_idle.rst</c>).</summary>
    public static string? OtherIdleDriver(HostView host, KernelArgument argument) =>
        argument.Value == "0" && host.Files.Read(IdleDriver).Text?.Trim() == "acpi_idle" && host.Files.Read(AcpiStates).Text?.Trim() is not ("0" or "1")
            ? $"{IdleDriver} is \"acpi_idle\": it took over, with deep states of its own; add processor.max_cstate=1"
            : null;

    /// <summary>
    /// The tick stays where the scheduler's clock is not stable, which on x86 is that of the TSC (<c>timers/no_hz.rst</c>); arm64 has its
    /// own.
    /// </summary>
    public static string? Unstable(HostView host, KernelArgument argument) => host.Files.Read(ClockSource).Text?.Trim() is { } found and not ("tsc" or "arch_sys_counter")
        ? $"{ClockSource} is \"{found}\": without a stable TSC the tick may stay; look for why in the kernel's log (dmesg | grep -i tsc)"
        : null;

    private static IEnumerable<string> Policies(HostView host) =>
        host.Files.List(Frequency).Where(name => name.StartsWith("policy", StringComparison.Ordinal));
}
