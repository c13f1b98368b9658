using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Boot;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>
/// latlab's block of arguments in the boot configuration, as a whole: written at once, taken out at once. What the running kernel has is the business of <see cref="BootArgumentKnob"/>.
/// </summary>
internal sealed class BootBlockKnob(Bootloader choice) : Knob(Prefix)
{
    public static readonly KnobKind Kind = new(Prefix, Wishes, FromKey, new(
        "The arguments below, written to the boot configuration: one block of latlab's own; what others wrote is not touched.",
        "/etc/default/grub.d/99_latlab.cfg and /boot/grub/grub.cfg; grubby --info=ALL; rpm-ostree kargs; /etc/kernel/cmdline and the boot partition's loader/entries",
        "grub-mkconfig(8), grubby(8), rpm-ostree(1), kernel-install(8), the Boot Loader Specification",
        "The agents need boot.enabled of the chart. GRUB's recovery entries are left without the arguments"));

    private const string Prefix = "boot";

    /// <summary>COMMAND_LINE_SIZE of x86 and arm64, less the end.</summary>
    private const int LongestLine = 2047;

    public override string Evidence => "boot configuration";

    public override bool OutlivesBoot => true;

    public override KnobReading Read(HostView host)
    {
        var view = host.Boot(choice);
        return view switch
        {
            { Loader: null } => KnobReading.Unsupported(view.Configuration.Problem!),
            { Configuration.Problem: { } problem } => KnobReading.Failed(problem) with { Source = view.Loader.File },
            _ => KnobReading.Of(view.Configuration.Ours) with
            {
                Source = view.Loader.File,
                Present = BootWords.Present(view.Configuration.Ours, view.CommandLine),
                Pending = view.IsPending ? "written; the running kernel was booted with another command line, and a reboot brings this one" : null,
            },
        };
    }

    /// <summary>Whatever is there is ours, also when the journal was lost.</summary>
    public override string Journal(KnobReading before) => "";

    public override string? Write(HostView host, string value)
    {
        var view = host.Boot(choice);
        if (view is not { Loader: { } loader, Configuration.Problem: null })
        {
            return view.Configuration.Problem;
        }

        var total = view.Configuration.Foreign.Sum(word => word.Length + 1) + value.Length;
        if (total > LongestLine)
        {
            return $"the command line would have {total} characters, and kernels take {LongestLine}: what is beyond would be cut off without a word; nothing was written. Write CPUs as ranges, or fewer arguments";
        }

        try
        {
            var record = BootRecord.Begin(view.Record, view.BootId, view.CommandLine, view.Configuration.Ours, value, loader.File);
            record.Save(host.Files);
            var failure = loader.Write(host.Files, value, record);
            (failure is null ? record with { Leaving = "" } : record with { Block = view.Configuration.Ours, Leaving = value }).Save(host.Files);
            return failure;
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }

    public override string Shortfall(string wished, string found) => $"the boot configuration has \"{found}\" and not \"{wished}\"";

    private static IEnumerable<Wish> Wishes(NodeTuningSpec spec, HostView host)
    {
        if (!BootArguments.IsWritten(spec))
        {
            return [];
        }

        var foreign = host.Boot(spec.Boot!.Bootloader).Configuration.Foreign;
        return [Wish.For(new BootBlockKnob(spec.Boot.Bootloader), BootArguments.Of(spec, host).Block(host.Files, foreign))];
    }

    private static BootBlockKnob? FromKey(string key) => key.Length == 0 ? new(Bootloader.Auto) : null;
}
