using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Boot;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>
/// latlab's block of arguments in the boot configuration, as a whole: written at once, taken out at once. What the running kernel has is
/// the business of <see cref="BootArgumentKnob"/>.
/// </summary>
internal sealed class BootBlockKnob(Bootloader choice) : Knob(Prefix)
{
    public static readonly KnobKind Kind = new(Prefix, Wishes, FromKey, new(
        "The arguments below, written to the boot configuration: one block of latlab's own; what others wrote is not touched.",
        "/etc/default/grub.d/99_latlab.cfg and /boot/grub/grub.cfg; loader/entries on the boot partition and /etc/kernel/cmdline; rpm-ostree kargs",
        "grub-mkconfig(8), rpm-ostree(1), kernel-install(8), the Boot Loader Specification",
        "The agents need boot.enabled of the chart. Something in the boot menu is left without the arguments, or the message says that nothing "
            + "is. "
            + "Arguments are not taken out where kubelet would not start without them, and the message says why"));

    private const string Prefix = "boot";

    /// <summary>COMMAND_LINE_SIZE of x86 and arm64, with the null at its end.</summary>
    private const int CommandLineSize = 2048;

    /// <summary>
    /// Less what the boot loader itself puts before: <c>BOOT_IMAGE=</c> and a path. Our block is last, and would be cut off.
    /// </summary>
    private const int LongestLine = CommandLineSize - 1 - 160;

    public override string Evidence => "boot configuration";

    public override bool OutlivesBoot => true;

    public override KnobReading Read(HostView host)
    {
        var view = host.Boot(choice);
        return view switch
        {
            // What cannot be looked at any more is not gone: it is not forgotten.
            { Loader: null, MayHoldOurs: true } => KnobReading.Failed(view.Configuration.Problem!),
            { Loader: null } => KnobReading.Gone(view.Configuration.Problem!),
            { Configuration.Problem: { } problem } => KnobReading.Failed(problem) with { Source = view.Loader.File },
            { Configuration: var configuration } => KnobReading.Of(configuration.Text) with
            {
                Source = view.Loader.File,
                Present = configuration.Broken is null && BootWords.Present(configuration.Ours, view.CommandLine),
                Needed = KubeletObstacles.Of(host).Needed(view),
                Remark = Standing(host, view) is { } harm ? $"no reboot is asked for: {harm}" : WayBack(view),
                Pending = IsRebootPending(host, view) ? Pending(host, view) : null,
            },
        };
    }

    /// <summary>Whether a reboot would bring something of what was written into effect, or take something out, and do no harm.</summary>
    public static bool IsRebootPending(HostView host) =>
        BootView.MayBePending(host.Files) && IsRebootPending(host, host.Boot(Bootloader.Auto));

    /// <summary>What the running kernel has and kubelet needs stays.</summary>
    public override string? Veto(KnobReading found, string target, JournalEntry? entry) =>
        Lost(found.Needed, target) ?? base.Veto(found, target, entry);

    /// <summary>Whatever is there is ours, also when the journal was lost.</summary>
    public override string Journal(KnobReading before) => "";

    public override string? Write(HostView host, string value)
    {
        var view = host.Boot(choice);
        if (view is not { Loader: { } loader, Configuration.Problem: null })
        {
            return view.Configuration.Problem;
        }

        var total = view.Configuration.Foreign.Select(line => line.Sum(word => word.Length + 1)).DefaultIfEmpty(0).Max() + value.Length;
        if (total > LongestLine)
        {
            return $"the command line would have {total} characters, and kernels take {CommandLineSize - 1}: what is beyond would be cut off without "
                + "a word; nothing was written. Write CPUs as ranges, or fewer arguments";
        }

        try
        {
            var found = view.Configuration.Ours;
            var record = BootRecord.Begin(view.Record, view.BootId, view.CommandLine, found, value, loader.File);
            record.Save(host.Files);
            if (loader.Write(host.Files, value, record) is { } failure)
            {
                return failure;
            }

            record.Done().Save(host.Files);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    public override string Shortfall(string wished, string found) => $"the boot configuration has \"{found}\" and not \"{wished}\"";

    private static bool IsRebootPending(HostView host, BootView view) => view.IsPending && Standing(host, view) is null;

    /// <summary>Why the next boot would do harm, with what is written already or whatever is; null when it would not.</summary>
    private static string? Standing(HostView host, BootView view) =>
        !view.IsPending ? null : Lost(KubeletObstacles.Of(host).Needed(view), view.Configuration.Ours) ?? KubeletObstacles.Of(host).AnyReboot;

    /// <summary>Why a block without something that is needed would do harm; null when all is there.</summary>
    private static string? Lost(IReadOnlyDictionary<string, string> needed, string block) =>
        needed.Where(argument => !BootWords.Contains(BootWords.Of(block), BootWords.Of(argument.Key)))
            .Select(argument => argument.Value).FirstOrDefault();

    private static string Pending(HostView host, BootView view) => string.Join(". ", ((string?[])
    [
        "written; the running kernel was booted with another command line, and a reboot brings this one",
        WayBack(view), ManagedPool.Of(host.Files),
    ]).OfType<string>());

    private static string? WayBack(BootView view) => view.Configuration.HasWayBack ? null
        : "Nothing in the boot menu is without these arguments: should the node not boot with them, take them out in the boot loader's editor "
            + "(key e)";

    private static IEnumerable<Wish> Wishes(NodeTuningSpec spec, HostView host) => BootArguments.IsWritten(spec)
        ? [Wish.For(new BootBlockKnob(spec.Boot!.Bootloader), BootArguments.Of(spec, host).Block(host))]
        : [];

    private static BootBlockKnob? FromKey(string key) => key.Length == 0 ? new(Bootloader.Auto) : null;
}
