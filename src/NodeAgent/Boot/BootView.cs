using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Boot;

/// <summary>How a host boots: what the next boot will have, and what this one has.</summary>
/// <param name="Loader">The boot loader; null when there is none to write to.</param>
/// <param name="Configuration">What the next boot will have.</param>
/// <param name="Record">What was written last; null when nothing was.</param>
/// <param name="BootId">The running boot.</param>
/// <param name="CommandLine">Its command line.</param>
internal sealed record BootView(IBootLoader? Loader, BootConfiguration Configuration, BootRecord? Record, string BootId, string CommandLine)
{
    /// <summary>
    /// Whether a reboot would change the running kernel's command line: the boot configuration has what was written last, and another hand
    /// took nothing of it away since.
    /// </summary>
    public bool IsPending => Record?.IsPending(BootId, CommandLine) == true
        && Configuration is { Problem: null, Broken: null } && BootWords.Of(Configuration.Ours).SequenceEqual(BootWords.Of(Record.Block));

    /// <summary>What of our words the running boot began with.</summary>
    public IReadOnlyList<string> Booted => Record?.BootedIn(BootId, CommandLine) ?? [];

    /// <summary>Whether words of ours may be in a boot configuration, be it one that cannot be looked at now.</summary>
    public bool MayHoldOurs { get; private init; }

    public static BootView Read(IHost host, Bootloader choice)
    {
        try
        {
            var record = BootRecord.Load(host);
            var loader = BootLoaders.Find(host, choice, out var reason);
            var configuration = loader is null ? BootConfiguration.Unknown(reason) : loader.Read(host, record);
            if (record is { Unfinished: true })
            {
                // Whatever it looks like: the change is done again, and then known to be whole.
                configuration = configuration with { Broken = configuration.Broken ?? "a change of it failed, or was cut short" };
            }

            return new(loader, configuration, record, Host.BootId.Read(host), Line(host)) { MayHoldOurs = record?.MayHoldOurs == true };
        }
        catch (IOException e)
        {
            return new(null, BootConfiguration.Unknown(e.Message), null, Host.BootId.Read(host), Line(host)) { MayHoldOurs = true };
        }
    }

    /// <summary>Whether latlab wrote to a host's boot configuration at all.</summary>
    public static bool IsRecorded(IHost host) => host.Exists(BootRecord.Path);

    /// <summary>
    /// Whether something may be pending, by the record alone: most hosts need not be looked at for it. A record that cannot be understood is
    /// the ledger's to tell.
    /// </summary>
    public static bool MayBePending(IHost host)
    {
        try
        {
            return BootRecord.Load(host)?.IsPending(Host.BootId.Read(host), Line(host)) == true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string Line(IHost host) => host.Read(Knobs.Boot.CommandLine.Path).Text ?? "";
}
