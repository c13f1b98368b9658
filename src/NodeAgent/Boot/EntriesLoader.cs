using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Boot;

/// <summary>
/// A boot loader that reads entries of type 1 (Boot Loader Specification), whose lines of options everybody writes to: which words are
/// ours, only the record says. <c>/etc/kernel/cmdline</c>, which <c>kernel-install</c> makes the entries of later kernels from, has them,
/// too. Each file is put in place by a rename. No tool does it: grubby replaces what others set of the same name, and takes names for
/// patterns.
/// </summary>
internal abstract class EntriesLoader : IBootLoader
{
    public const string CommandLine = "/etc/kernel/cmdline";

    public abstract Bootloader Kind { get; }

    public abstract string File { get; }

    public BootConfiguration Read(IHost host, BootRecord? record)
    {
        var entries = Entries(host).ToLookup(entry => Takes(host, entry));
        if (Obstacle(host, [.. entries[true]]) is { } obstacle)
        {
            return BootConfiguration.Unknown(obstacle);
        }

        return OwnedWords.Split([.. entries[true].Select(Words), .. Later(host)], [.. entries[false].Select(Words)], record) with
        {
            HasWayBack = HasWayBack(host, [.. entries[false]]),
        };

        IReadOnlyList<string> Words(BootEntry entry) => Expanded(host, BootWords.Of(entry.Options));
    }

    public string? Write(IHost host, string block, BootRecord record)
    {
        var ours = BootWords.Of(record.Leaving).Concat(BootWords.Of(block)).ToHashSet();
        foreach (var entry in Entries(host))
        {
            Put(host, entry.Path, entry.Text, entry.With(ours, Takes(host, entry) ? block : ""));
        }

        if (host.Read(CommandLine).Text is { } line)
        {
            Put(host, CommandLine, line, OwnedWords.Replaced(line, ours, block));
        }

        return null;
    }

    /// <summary>All entries but those that nobody ever changes.</summary>
    public abstract IEnumerable<BootEntry> Entries(IHost host);

    /// <summary>Whether an entry shall have our block.</summary>
    protected abstract bool Takes(IHost host, BootEntry entry);

    /// <summary>Whether an entry is there that never has our block.</summary>
    protected abstract bool HasWayBack(IHost host, IReadOnlyList<BootEntry> others);

    /// <summary>Why nothing may be written; null when it may.</summary>
    protected abstract string? Obstacle(IHost host, IReadOnlyList<BootEntry> taking);

    /// <summary>The words that the boot loader makes of those of an entry.</summary>
    protected virtual IReadOnlyList<string> Expanded(IHost host, IReadOnlyList<string> words) => words;

    /// <summary>The entries below a directory.</summary>
    protected static IEnumerable<BootEntry> Below(IHost host, string folder) => host.List(folder)
        .Where(name => name.EndsWith(".conf", StringComparison.Ordinal))
        .Select(name => (Path: $"{folder}/{name}", host.Read($"{folder}/{name}").Text))
        .Where(file => file.Text is not null)
        .Select(file => new BootEntry(file.Path, file.Text!));

    /// <summary>The line of kernels to come.</summary>
    private static IEnumerable<IReadOnlyList<string>> Later(IHost host) =>
        host.Read(CommandLine).Text is { } line ? [BootWords.Of(line)] : [];

    private static void Put(IHost host, string path, string before, string after)
    {
        if (after != before)
        {
            host.ReplaceSystemFile(path, after + "\n");
        }
    }
}
