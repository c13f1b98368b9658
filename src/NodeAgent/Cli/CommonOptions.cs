using System.CommandLine;

namespace Latlab.NodeAgent.Cli;

/// <summary>What several verbs share.</summary>
internal static class CommonOptions
{
    /// <summary>Held by the one agent that may change the host.</summary>
    public const string LockPath = "/var/lib/latlab/lock";

    public static Option<string?> Tuning(bool required) => new("--tuning", "-f")
    {
        Description = "TunedNode, NodeTuning, or the spec of one, as JSON or YAML; - for standard input",
        HelpName = "FILE",
        Required = required,
    };

    public static Option<string> Root() => new("--root")
    {
        Description = "Directory at which the host's /proc, /sys and /var/lib/latlab are found",
        HelpName = "DIR",
        DefaultValueFactory = _ => "/",
    };
}
