using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Boot;

/// <summary>
/// A boot loader whose command lines a tool keeps, one line for everybody's arguments: which of the words are ours, only the record says.
/// </summary>
internal abstract class ToolLoader : IBootLoader
{
    /// <summary>A new deployment copies files.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public abstract string Name { get; }

    public abstract string File { get; }

    /// <summary>The tool.</summary>
    protected abstract string Program { get; }

    public BootConfiguration Read(IHost host, BootRecord? record)
    {
        var outcome = host.RunOnHost(Program, Show, Limit);
        if (!outcome.Succeeded)
        {
            return BootConfiguration.Unknown($"{Program} failed: {outcome.Error}");
        }

        var lines = Lines(outcome.Output);
        return lines.Count > 0 ? OwnedWords.Split(lines, record) : BootConfiguration.Unknown($"{Program} shows no command line");
    }

    public string? Write(IHost host, string block, BootRecord record)
    {
        var outcome = host.RunOnHost(Program, Change(BootWords.Of(record.Leaving), BootWords.Of(block)), Limit);
        if (!outcome.Succeeded)
        {
            return $"{Program} failed: {outcome.Error}";
        }

        var now = Read(host, record with { Leaving = "" });
        return now.Problem ?? (now.Ours == block ? null : $"{Program} was told, and shows {now.Ours}");
    }

    /// <summary>Arguments that make the tool show what the next boot will have.</summary>
    protected abstract IReadOnlyList<string> Show { get; }

    /// <summary>The command lines of what the tool showed, one for each kernel.</summary>
    protected abstract IReadOnlyList<IReadOnlyList<string>> Lines(string output);

    /// <summary>Arguments that make the tool take words out, and put others in.</summary>
    protected abstract IReadOnlyList<string> Change(IReadOnlyList<string> leaving, IReadOnlyList<string> coming);
}
