using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Boot;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>
/// An argument that the kernel must have been booted with. It is verified; <see cref="BootBlockKnob"/> writes all of them, where latlab
/// does.
/// </summary>
internal sealed class BootArgumentKnob(KernelArgument argument) : Knob($"{Prefix}[{argument.Name}]")
{
    public static readonly KnobKind Kind = new(Prefix, Wishes, FromKey, new(
        "What only the boot decides: isolated CPUs, no tick, RCU callbacks elsewhere, no idle states, an IOMMU, large huge pages.",
        "/proc/cmdline, and what the kernel made of it where it shows that: /sys/devices/system/cpu/{isolated,nohz_full}, /sys/module/*/parameters, …",
        "admin-guide/kernel-parameters.rst, admin-guide/cpu-isolation.rst, timers/no_hz.rst",
        "Takes a reboot. Without spec.boot it is only verified: an administrator adds it to the boot loader, and reboots"));

    private const string Prefix = BootArguments.Path;
    private const string Absent = "absent";

    // Between what the command line has and what the kernel made of it, and between values of one that is there twice.
    private const string But = ", but ";
    private const string And = " and ";

    // Between absent and the file that has it all the same.
    private const string Though = " though it is in ";

    public override string Evidence => CommandLine.Path;

    public override bool Writable => false;

    public override KnobReading Read(HostView host)
    {
        if (BootEvidence.Lacks(host.Files, argument) is { } lacking)
        {
            return KnobReading.Unsupported(lacking);
        }

        if (host.Files.Read(CommandLine.Path) is not { Text: { } text })
        {
            return KnobReading.Failed($"{CommandLine.Path} cannot be read");
        }

        var line = new CommandLine(text);
        var values = argument.PoolSize is { } size ? line.PagesOf(size) : line.Of(argument.Name);
        if (values.Count == 0)
        {
            return Configured(host, KnobReading.Of(Absent));
        }

        // Where it is given twice with different values, which one counts depends on the argument.
        var found = string.Join(And, values.Select(value => (argument with { Value = value }).ToString()).Distinct());
        var (file, contradiction) = BootEvidence.Of(host.Files, argument);
        var reading = KnobReading.Of(contradiction is null || !Same(found, $"{argument}") ? found : $"{found}{But}{contradiction}");
        return Configured(host, reading with { Source = file, Present = true });
    }

    public override string Write(HostView host, string value) => throw new InvalidOperationException($"{Path} is only verified");

    /// <summary>CPUs may be written in several ways, and flags before them in any order.</summary>
    public override bool Same(string left, string right) => SameMeaning(left, right);

    public override KnobState Unmet(string found) => found.Contains(But, StringComparison.Ordinal) || found.Contains(Though, StringComparison.Ordinal)
        ? KnobState.Failed
        : KnobState.RebootRequired;

    public override string Shortfall(string wished, string found) => found switch
    {
        Absent => $"the running kernel was booted without it; add {wished} to the kernel's command line in the boot loader's configuration, and reboot",
        _ when found.Contains(Though, StringComparison.Ordinal) =>
            $"{found}: this boot took another entry of the menu (recovery, another kernel), or the boot loader reads another file; see what it booted, and reboot by hand",
        _ when found.Contains(But, StringComparison.Ordinal) => $"the kernel was booted with {found}: it was dropped or changed; see the kernel's log (dmesg) for why",
        _ when found.Contains(And, StringComparison.Ordinal) =>
            $"it is on the command line more than once, {found}; leave {wished} alone in the boot loader's configuration, and reboot",
        _ => $"the running kernel was booted with {found}; make that {wished} in the boot loader's configuration, and reboot: a later file may have overridden it",
    };

    /// <summary>Whether two arguments ask the kernel for the same.</summary>
    public static bool SameMeaning(string left, string right) => Meaning(left) == Meaning(right);

    /// <summary>
    /// What is in the boot configuration by latlab. One that is there since before this boot, and is absent all the same, no further reboot
    /// brings.
    /// </summary>
    private KnobReading Configured(HostView host, KnobReading reading)
    {
        if (!BootView.IsRecorded(host.Files) || host.Boot(Bootloader.Auto) is not { Record: { } record } view
            || !BootWords.Present($"{argument}", view.Configuration.Ours))
        {
            return reading;
        }

        var pending = view.IsPending;
        return reading with
        {
            Configured = $"{argument}",
            ConfiguredIn = record.File,
            Value = reading.Value == Absent && !pending ? $"{Absent}{Though}{record.File}" : reading.Value,
            Pending = pending && !Same(reading.Value!, $"{argument}") ? $"written ({record.File}); a reboot brings it" : null,
        };
    }

    private static string Meaning(string text)
    {
        if (KernelArgument.TryParse(text) is not { Name: "isolcpus" or "nohz_full" or "rcu_nocbs" or "irqaffinity" or "systemd.cpu_affinity", Value: { } value } parsed
            || KernelArgument.Cpus(value) is not { } cpus)
        {
            return text;
        }

        return $"{parsed.Name}={string.Join(',', KernelArgument.Flags(value).Order(StringComparer.Ordinal))}:{string.Join(',', cpus)}";
    }

    private static IEnumerable<Wish> Wishes(NodeTuningSpec spec, HostView host)
    {
        var arguments = BootArguments.Of(spec, host);
        return arguments.Refused.Select(refusal => Wish.Refused(refusal.Field, refusal.Value, $"{refusal.Problem}; {refusal.Remedy}"))
            .Concat(arguments.Possible.Select(argument => Wish.For(new BootArgumentKnob(argument), $"{argument}")));
    }

    // What the journal keeps of it is only that it was seen: its value is not needed to forget that.
    private static BootArgumentKnob? FromKey(string key) => key.Length is > 0 and <= KernelArgument.MaxLength ? new(new KernelArgument(key, null)) : null;
}
