using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Boot;

/// <summary>
/// GRUB as Debian and Ubuntu have it: a file of ours in <c>/etc/default/grub.d</c> adds to <c>GRUB_CMDLINE_LINUX_DEFAULT</c>, and
/// <c>grub-mkconfig</c> makes the menu of it. The menu is made beside the old one, looked through, and put in its place by a rename:
/// <c>update-grub</c> writes over the old one, and a power cut then leaves half a menu. Recovery entries do not get that variable: a way
/// back. Where they are switched off, as in many cloud images, our file has them made while it is there.
/// </summary>
internal sealed class GrubLoader : IBootLoader
{
    public const string DropIns = "/etc/default/grub.d";
    public const string Menu = "/boot/grub/grub.cfg";
    public const string Generator = "grub-mkconfig";
    public const string Defaults = "/etc/default/grub";

    private const string DropIn = $"{DropIns}/99_latlab.cfg";
    private const string NewMenu = $"{Menu}.latlab";
    private const string Variable = "GRUB_CMDLINE_LINUX_DEFAULT";
    private const string Recovery = "GRUB_DISABLE_RECOVERY=false";
    private const string Start = $"{Variable}=\"${Variable} ";

    /// <summary>os-prober looks through every disk.</summary>
    private static readonly TimeSpan GeneratorLimit = TimeSpan.FromMinutes(5);

    public Bootloader Kind => Bootloader.Grub;

    public string File => DropIn;

    /// <summary>
    /// Whether the generator reads our folder: as Debian and Ubuntu patch it, it does; GRUB's own (<c>util/grub-mkconfig.in</c>), which Arch
    /// and Gentoo have, does not, unless the defaults have it done.
    /// </summary>
    public static bool ReadsDropIns(IHost host, IEnumerable<string> folders) => folders
        .Select(folder => $"{folder}/{Generator}").Append(Defaults)
        .Any(file => host.Read(file).Text?.Contains("/default/grub.d/", StringComparison.Ordinal) == true);

    public BootConfiguration Read(IHost host, BootRecord? record)
    {
        var read = host.Read(Menu);
        if (read.Text is null)
        {
            return BootConfiguration.Unknown($"{Menu}: {read.Problem ?? "No such file"}");
        }

        var menu = new GrubMenu(read.Text);
        if (menu.Usual.FirstOrDefault() is not { } first)
        {
            return BootConfiguration.Unknown($"{Menu} has no entry of /etc/grub.d/10_linux; latlab does not write to a menu that it does not understand");
        }

        // In a file that somebody else edited, what was ours is known by the record alone.
        var known = BootWords.Of(record?.Block ?? "");
        return host.Read(DropIn) switch
        {
            { Problem: { } problem } => BootConfiguration.Unknown($"{DropIn}: {problem}"),
            { Text: { } text } => Parse(text) switch
            {
                null => Broken("edited by another hand"),
                { } block when Lacking(menu, block) is not null => Broken($"{block}, and not in {Menu}"),
                { } block => new(block, [.. menu.Usual.Select(entry => BootWords.Without(entry.Words, BootWords.Of(block)))])
                {
                    HasWayBack = menu.Entries.Any(entry => !BootWords.Contains(entry.Words, BootWords.Of(block))),
                },
            },
            // Its file was taken away, and the menu not made anew.
            _ when known.Count > 0 && BootWords.Contains(first.Words, known) => Broken($"only in {Menu}"),
            _ => new("", [.. menu.Usual.Select(entry => entry.Words)]),
        };

        BootConfiguration Broken(string why) => new("", [.. menu.Usual.Select(entry => entry.Words.Except(known).ToList())]) { Broken = why };
    }

    public string? Write(IHost host, string block, BootRecord record)
    {
        var former = host.Read(DropIn).Text;
        var failure = Try(() => Put(host, block.Length > 0 ? Render(block) : null)) ?? Try(() => MakeMenu(host, block));
        if (failure is null)
        {
            return null;
        }

        return Try(() => Put(host, former is null ? null : former + "\n")) is { } second
            ? $"{failure}; and {DropIn} could not be put back: {second}"
            : failure;
    }

    /// <summary>The block of a file that we wrote; null when it is not as we write it.</summary>
    internal static string? Parse(string text)
    {
        var line = text.Split('\n').LastOrDefault(line => line.Length > 0 && line[0] != '#') ?? "";
        var block = line.StartsWith(Start, StringComparison.Ordinal) && line.EndsWith('"') ? line[Start.Length..^1] : "";
        return block.Length > 0 && Render(block).TrimEnd('\n') == text ? block : null;
    }

    internal static string Render(string block) => $"""
        # Written by latlab from a TunedNode; changes made here are undone. Delete the TunedNode to be rid of it.
        # By hand: remove this file, and run update-grub.
        # Recovery entries have none of the arguments: a way back.
        {Recovery}
        {Start}{block}"

        """;

    private static string? Put(IHost host, string? text)
    {
        if (text is null)
        {
            host.Delete(DropIn);
        }
        else
        {
            host.ReplaceSystemFile(DropIn, text);
        }

        return null;
    }

    private static string? Try(Func<string?> change)
    {
        try
        {
            return change();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static string? MakeMenu(IHost host, string block)
    {
        try
        {
            var outcome = host.RunOnHost(Generator, ["-o", NewMenu], GeneratorLimit);
            if (!outcome.Succeeded)
            {
                return $"{Generator} failed: {LastLine(outcome.Error)}";
            }

            if (Doubt(new(host.Read(Menu).Text ?? ""), host.Read(NewMenu).Text ?? "", block) is { } doubt)
            {
                return doubt + Later(host);
            }

            host.RenameDurably(NewMenu, Menu);
            return null;
        }
        finally
        {
            host.Delete(NewMenu);
            host.Delete(NewMenu + ".new");
        }
    }

    /// <summary>What speaks against a new menu; null when nothing does.</summary>
    private static string? Doubt(GrubMenu former, string text, string block)
    {
        var menu = new GrubMenu(text);
        if (former.Entries.Select(entry => entry.Kernel).Except(menu.Entries.Select(entry => entry.Kernel)).FirstOrDefault() is { } lost)
        {
            return $"the new menu has no {lost}, which the old one has; the old one is kept: run update-grub by hand, and see why";
        }

        return Lacking(menu, block) is { } kernel ? $"the new menu boots {kernel} without the arguments; the old one is kept" : null;
    }

    /// <summary>A usual entry that has not the block as it is; null when all have it.</summary>
    private static string? Lacking(GrubMenu menu, string block)
    {
        var words = BootWords.Of(block);
        return menu.Usual.FirstOrDefault(entry => !BootWords.Contains(entry.Words, words))?.Kernel;
    }

    /// <summary>Files that are read after ours, and may set the variable anew.</summary>
    private static string Later(IHost host)
    {
        var later = host.List(DropIns)
            .Where(name => name.EndsWith(".cfg", StringComparison.Ordinal) && string.CompareOrdinal(name, System.IO.Path.GetFileName(DropIn)) > 0)
            .Where(name => host.Read($"{DropIns}/{name}").Text?.Contains(Variable, StringComparison.Ordinal) == true)
            .ToList();
        return later.Count > 0 ? $": {DropIns}/{later[0]} is read later and sets {Variable}; let it add to the variable, or give it an earlier name" : "";
    }

    private static string LastLine(string text) => text.Split('\n')[^1];
}
