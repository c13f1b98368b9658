using System.Text.Json;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Journal;

/// <summary>
/// The journal on the host's disk. A file that cannot be understood is kept as it is: it may be all that is known of the prior state.
/// </summary>
internal sealed class JournalFile(IHost host, string path = JournalFile.DefaultPath)
{
    public const string DefaultPath = "/var/lib/latlab/journal.json";

    public string Path { get; } = path;

    /// <summary>Reads it. With a problem, nothing may be changed on the host.</summary>
    public JournalState Load(out string? problem)
    {
        var read = host.Read(Path);
        problem = null;
        if (read.IsMissing)
        {
            return JournalState.Empty;
        }

        try
        {
            var state = read.Text is { } text ? JsonSerializer.Deserialize(text, JournalJson.Default.JournalState) : null;
            problem = state switch
            {
                null => Problem(read.Problem ?? "is empty"),
                { Schema: not JournalState.CurrentSchema } =>
                    Problem($"has schema {state.Schema}, this agent knows {JournalState.CurrentSchema}"),
                { Entries: null } => Problem("has no entries"),
                _ => null,
            };
            return problem is null ? state! : JournalState.Empty;
        }
        catch (JsonException e)
        {
            problem = Problem($"is damaged ({e.Message})");
            return JournalState.Empty;
        }
    }

    /// <summary>Writes it, on the disk when this returns null. Otherwise returns why not, and the former one is still there.</summary>
    public string? Save(JournalState state)
    {
        try
        {
            host.ReplaceDurably(Path, JsonSerializer.Serialize(state, JournalJson.Default.JournalState));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the journal {Path} cannot be written: {e.Message}; nothing is changed without it: free space, or make it writable";
        }
    }

    private string Problem(string what) =>
        $"the journal {Path} {what}; it may hold the node's prior state, so nothing is changed: "
        + "repair it, or move it away once you know the prior values";
}
