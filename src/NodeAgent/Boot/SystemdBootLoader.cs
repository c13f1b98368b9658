using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Boot;

/// <summary>
/// systemd-boot with entries of type 1 (Boot Loader Specification). The entries of the running kernel are changed, and <c>/etc/kernel/cmdline</c>, which <c>kernel-install</c> makes
/// those of later kernels from. Other kernels' entries stay as they are: a way back.
/// </summary>
internal sealed class SystemdBootLoader : IBootLoader
{
    public const string CommandLine = "/etc/kernel/cmdline";

    private const string Options = "options";

    /// <summary>Where the boot partition may be mounted.</summary>
    private static readonly string[] Partitions = ["/boot", "/efi", "/boot/efi"];

    public string Name => "systemd-boot";

    public string File => CommandLine;

    public BootConfiguration Read(IHost host, BootRecord? record)
    {
        var entries = Current(host);
        if (entries.Count == 0 || host.Read(CommandLine).Text is not { } line)
        {
            return BootConfiguration.Unknown(entries.Count == 0
                ? "no entry of the running kernel below loader/entries on the boot partition; is it mounted?"
                : $"{CommandLine} cannot be read, and the next kernel would take what this one was booted with; write it first");
        }

        return OwnedWords.Split([.. entries.Select(entry => OptionsOf(host.Read(entry).Text!)), BootWords.Of(line)], record);
    }

    public string? Write(IHost host, string block, BootRecord record)
    {
        try
        {
            foreach (var entry in Current(host))
            {
                host.ReplaceSystemFile(entry, WithOptions(host.Read(entry).Text!, Changed(OptionsOf(host.Read(entry).Text!))));
            }

            // Last: until then Read finds the change unfinished.
            host.ReplaceSystemFile(CommandLine, Changed(BootWords.Of(host.Read(CommandLine).Text!)) + "\n");
            return null;
        }
        catch (IOException e)
        {
            return e.Message;
        }

        string Changed(IReadOnlyList<string> words)
        {
            var ours = BootWords.Of(record.Leaving).Concat(BootWords.Of(block)).ToHashSet();
            return string.Join(' ', words.Where(word => !ours.Contains(word)).Concat(BootWords.Of(block)));
        }
    }

    /// <summary>All entries, of every kernel.</summary>
    public static IReadOnlyList<string> Entries(IHost host) => [.. Partitions
        .Select(partition => $"{partition}/loader/entries")
        .SelectMany(folder => host.List(folder).Where(name => name.EndsWith(".conf", StringComparison.Ordinal)).Select(name => $"{folder}/{name}"))];

    private static List<string> Current(IHost host)
    {
        var release = host.Read("/proc/sys/kernel/osrelease").Text ?? "";
        return [.. Entries(host).Where(entry => host.Read(entry).Text is { } text && Value(text, "version") == release)];
    }

    private static IReadOnlyList<string> OptionsOf(string entry) => BootWords.Of(Value(entry, Options) ?? "");

    /// <summary>A key may be given several times; the values are joined by blanks.</summary>
    private static string? Value(string entry, string key) =>
        entry.Split('\n').Where(line => BootWords.Of(line) is [var first, _, ..] && first == key).Select(line => line.Trim()[key.Length..].Trim()).ToList() is { Count: > 0 } values
            ? string.Join(' ', values)
            : null;

    private static string WithOptions(string entry, string options)
    {
        var lines = entry.TrimEnd('\n').Split('\n').Where(line => BootWords.Of(line) is not [Options, ..]);
        return string.Join('\n', lines.Append($"{Options} {options}")) + "\n";
    }
}
