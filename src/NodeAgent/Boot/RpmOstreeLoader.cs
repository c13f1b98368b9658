using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Boot;

/// <summary>
/// <c>rpm-ostree kargs</c>, as CoreOS has it: a change makes a new deployment, and the former one stays in the menu. Which of the line's
/// words are ours, only the record says.
/// </summary>
internal sealed class RpmOstreeLoader : IBootLoader
{
    private const string Program = "rpm-ostree";

    /// <summary>A new deployment copies files.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public Bootloader Kind => Bootloader.RpmOstree;

    public string File => "rpm-ostree kargs";

    public BootConfiguration Read(IHost host, BootRecord? record)
    {
        var outcome = host.RunOnHost(Program, ["kargs"], Limit);
        return outcome.Succeeded && BootWords.Of(outcome.Output) is { Count: > 0 } words
            ? OwnedWords.Split([words], [], record)
            : BootConfiguration.Unknown(outcome.Succeeded ? $"{Program} shows no command line" : $"{Program} failed: {outcome.Error}");
    }

    public string? Write(IHost host, string block, BootRecord record)
    {
        // Each as often as it was given: two pools may be of the same number.
        var ours = BootWords.Of(record.Leaving).Concat(BootWords.Of(block));
        var outcome = host.RunOnHost(
            Program,
            ["kargs", .. ours.Select(word => $"--delete-if-present={word}"), .. BootWords.Of(block).Select(word => $"--append={word}")],
            Limit);
        if (!outcome.Succeeded)
        {
            return $"{Program} failed: {outcome.Error}";
        }

        var now = Read(host, record);
        return now.Problem ?? (now.Text == block ? null : $"{Program} was told, and shows {now.Text}");
    }
}
