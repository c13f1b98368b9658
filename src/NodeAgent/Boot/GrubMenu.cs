namespace Latlab.NodeAgent.Boot;

/// <summary>The kernels that a generated <c>grub.cfg</c> boots, as <c>/etc/grub.d/10_linux</c> writes them. Pure.</summary>
internal sealed class GrubMenu
{
    private const string Begin = "### BEGIN /etc/grub.d/10_linux ###";
    private const string End = "### END /etc/grub.d/10_linux ###";

    /// <summary>
    /// Words by which Debian's and Ubuntu's recovery entries are known. They have no arguments of GRUB_CMDLINE_LINUX_DEFAULT, and so none
    /// of ours: a way back.
    /// </summary>
    private static readonly string[] Recovery = ["single", "recovery"];

    public GrubMenu(string text)
    {
        // What os-prober found of other systems is not ours.
        var lines = text.Split('\n').Select(line => line.Trim()).SkipWhile(line => line != Begin).TakeWhile(line => line != End);
        Entries = [.. lines
            .Select(BootWords.Of)
            .Where(words => words is ["linux" or "linux16" or "linuxefi", _, ..])
            .Select(words => new GrubEntry(words[1], [.. words.Skip(2)]))];
    }

    public IReadOnlyList<GrubEntry> Entries { get; }

    /// <summary>Those that boot the system as usual, the default one first.</summary>
    public IEnumerable<GrubEntry> Usual => Entries.Where(entry => !entry.Words.Intersect(Recovery).Any());
}

/// <summary>A kernel, and its command line.</summary>
internal sealed record GrubEntry(string Kernel, IReadOnlyList<string> Words);
