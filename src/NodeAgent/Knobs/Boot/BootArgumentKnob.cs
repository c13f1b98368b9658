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
        "/proc/cmdline, and what the kernel made of it where it shows that: see the list below",
        "admin-guide/kernel-parameters.rst, admin-guide/cpu-isolation.rst, timers/no_hz.rst",
        "Takes a reboot. Without spec.boot it is only verified: an administrator adds it to the boot loader, and reboots"));

    private const string Prefix = BootArguments.Path;
    private const string Absent = "absent";
    private const string SeeLog = "see the kernel's log (dmesg) for why";
    private readonly BootFeature _feature = BootEvidence.Of(argument);

    public override string Evidence => CommandLine.Path;

    public override bool Writable => false;

    public override KnobReading Read(HostView host)
    {
        if (host.Files.Read(CommandLine.Path) is not { Text: { } text })
        {
            return KnobReading.Failed($"{CommandLine.Path} cannot be read");
        }

        var values = host.Once(CommandLine.Path, () => new CommandLine(text)).Of(argument);
        var finding = _feature.Proof?.Look(host, argument);
        return Written(host, Reading(host, values, finding) with { Present = values.Count > 0 });
    }

    public override string Write(HostView host, string value) => throw new InvalidOperationException($"{Path} is only verified");

    /// <summary>CPUs may be written in several ways, and flags before them in any order.</summary>
    public override bool Same(string left, string right) => SameMeaning(left, right);

    /// <summary>Whether two arguments ask the kernel for the same.</summary>
    public static bool SameMeaning(string left, string right) => Meaning(left) == Meaning(right);

    private KnobReading Reading(HostView host, IReadOnlyList<string?> values, Finding? finding)
    {
        if (_feature.Lacking(host, argument) is { } lacking)
        {
            return OfLacking(lacking.File, lacking.Problem, finding);
        }

        // Where it is given twice with different values, which one counts depends on the argument.
        var found = values.Select(value => $"{argument with { Value = value }}").Distinct().ToList();
        return found switch
        {
            [] => new(ReadingKind.Value, Absent, null)
            {
                Unmet = (KnobState.RebootRequired,
                    $"the running kernel was booted without it; add {argument} to the kernel's command line in the boot loader's "
                        + "configuration, and reboot"),
            },
            [var one] when Same(one, $"{argument}") => OfPresent(host, one, finding),
            [var one] => KnobReading.Of(one) with
            {
                Unmet = (KnobState.RebootRequired,
                    $"the running kernel was booted with {one}; make that {argument} in the boot loader's configuration, and reboot: a later "
                        + "file may have overridden it"),
            },
            _ => KnobReading.Of(string.Join(" and ", found)) with
            {
                Unmet = (KnobState.RebootRequired,
                    $"it is on the command line more than once, {string.Join(" and ", found)}; leave {argument} alone in the boot loader's "
                        + "configuration, and reboot"),
            },
        };
    }

    /// <summary>The kernel was booted with it: what did it make of it?</summary>
    private KnobReading OfPresent(HostView host, string found, Finding? finding)
    {
        var isShown = finding is { Contradiction: null } && finding.File != CommandLine.Path;
        var words = isShown ? null : KernelWords.Of(host);
        if (BootFeature.AsksForNoHz(argument) && words?.LacksNoHz is { } noHz)
        {
            return OfLacking(noHz.File, noHz.How, finding);
        }

        var handedOn = words?.HandedOn(argument);
        var isBuiltIn = _feature.IsBuiltIn(host, argument);
        if (!isBuiltIn && finding is { IsLacking: true })
        {
            return OfLacking(
                handedOn?.File ?? finding.File,
                $"this kernel was built without {_feature.Option} ({handedOn?.How ?? finding.Contradiction})", finding);
        }

        if (finding?.Contradiction is { } contradiction)
        {
            var why = (argument.Name is "isolcpus" or "nohz_full" ? words!.OfIsolation : null) ?? handedOn?.How;
            return Changed(found, finding.File, contradiction, why ?? SeeLog);
        }

        if (handedOn is var (file, how))
        {
            return isBuiltIn ? Changed(found, file, how, SeeLog)
                : OfLacking(file, $"this kernel does not know it, or not this value: {how}", finding);
        }

        return KnobReading.Of(found) with
        {
            Source = finding?.File,
            Remark = BootEvidence.Joined(
                finding?.Remark, _feature.Remark(host, argument) ?? Unshown(finding),
                _feature == BootEvidence.Unknown && !words!.AreSeenOf(argument)
                    ? "whether the kernel knows it could not be seen: the agent may read neither its log nor the first program's environment"
                    : null),
        };
    }

    /// <summary>That the kernel could have shown what it made of it, and does not, or not to this agent.</summary>
    private string? Unshown(Finding? finding) => finding is null && _feature.Proof is { } proof ? $"by the command line alone: {proof.Where} does not show it on this node" : null;

    private static KnobReading Changed(string found, string file, string contradiction, string why) =>
        KnobReading.Of($"{found}, but {contradiction}") with
        {
            Source = file,
            Unmet = (KnobState.Failed, $"the kernel was booted with {found}, but {contradiction}: it was dropped or changed; {why}"),
        };

    /// <summary>What the kernel does not have need not be switched off.</summary>
    private KnobReading OfLacking(string file, string problem, Finding? finding) => _feature.IsOff
        ? KnobReading.Of($"{argument}") with
        {
            Source = file,
            Remark = BootEvidence.Joined($"{problem}, and has nothing to switch off", finding?.Remark),
        }
        : KnobReading.Unsupported(
            $"{problem}, and drops {argument} silently; {(_feature == BootEvidence.Unknown ? "check how it is spelled, or " : "")}run a kernel "
                + "that has it") with
        {
            Source = file,
        };

    /// <summary>
    /// What is in the boot configuration by latlab. One that is there since before this boot, and is absent all the same, no further reboot
    /// brings.
    /// </summary>
    private KnobReading Written(HostView host, KnobReading reading)
    {
        if (!BootView.IsRecorded(host.Files) || host.Boot(Bootloader.Auto) is not { Record: { } record } view
            || !BootWords.Present($"{argument}", view.Configuration.Ours))
        {
            return reading;
        }

        var written = reading with { Configured = $"{argument}", ConfiguredIn = record.File };
        if (written.Value is null || Same(written.Value, $"{argument}"))
        {
            return written;
        }

        if (view.IsPending)
        {
            return written with { Pending = $"written ({record.File}); a reboot brings it" };
        }

        return written.Value != Absent ? written : written with
        {
            Value = $"{Absent} though it is in {record.File}",
            Unmet = (KnobState.Failed,
                $"{Absent} though it is in {record.File}: this boot took another entry of the menu (recovery, another kernel), or the boot "
                    + "loader reads another file; see what it booted, and reboot by hand"),
        };
    }

    private static string Meaning(string text)
    {
        if (KernelArgument.TryParse(text) is not { Name: "isolcpus" or "nohz_full" or "rcu_nocbs" or "irqaffinity" or "systemd.cpu_affinity", Value: { } value } parsed
            || KernelArgument.Cpus(value) is not { } cpus)
        {
            return text;
        }

        // Without a flag isolcpus means domains (kernel/sched/isolation.c).
        var flags = KernelArgument.Flags(value).DefaultIfEmpty(parsed.Name == "isolcpus" ? "domain" : "").Order(StringComparer.Ordinal);
        return $"{parsed.Name}={string.Join(',', flags)}:{string.Join(',', cpus)}";
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
