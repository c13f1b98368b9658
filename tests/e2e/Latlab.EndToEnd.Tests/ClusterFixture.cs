using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(Latlab.EndToEnd.Tests.ClusterFixture))]
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace Latlab.EndToEnd.Tests;

/// <summary>
/// A real cluster of one node with latlab installed by its chart, made by <c>hack/lib/e2e-cluster</c> once for all tests.
/// <c>LATLAB_KEEP=1</c> leaves it up.
/// </summary>
public sealed partial class ClusterFixture : IAsyncLifetime
{
    /// <summary>An image on the operator's list that no registry has.</summary>
    public const string AbsentImage = "ghcr.io/latlab/absent:dev";

    private Dictionary<string, string> _environment = [];

    internal Kubectl Kubectl { get; private set; } = null!;

    private static bool Keep => Environment.GetEnvironmentVariable("LATLAB_KEEP") == "1";

    internal string Node => _environment["LATLAB_CLUSTER"];

    public async ValueTask InitializeAsync()
    {
        if (!Keep)
        {
            // What a run that was killed left behind would be in the way of this one.
            await DownAsync();
        }

        var up = await Commands.RunAsync(Script, ["up"], patience: TimeSpan.FromMinutes(50));
        Assert.True(up.ExitCode == 0, $"hack/lib/e2e-cluster up failed:\n{up.Errors}\n{up.Output}");
        _environment = Export().Matches(up.Output).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
        _environment["PATH"] = _environment["PATH"].Replace("\"$PATH\"", Environment.GetEnvironmentVariable("PATH"), StringComparison.Ordinal);
        Kubectl = new Kubectl(_environment);
    }

    public async ValueTask DisposeAsync()
    {
        if (!Keep)
        {
            await DownAsync();
        }
    }

    /// <summary>Longer than the script's own patience with repairing the cluster and uninstalling.</summary>
    private static async Task DownAsync()
    {
        var down = await Commands.RunAsync(Script, ["down"], patience: TimeSpan.FromMinutes(15));
        Assert.True(down.ExitCode == 0, $"hack/lib/e2e-cluster down failed:\n{down.Errors}");
    }

    /// <summary>Runs a program in the network and mount namespace of the cluster's node.</summary>
    internal Task<Commands.Outcome> OnNodeAsync(params string[] command) =>
        Commands.RunAsync("nsenter", [$"--net={_environment["LATLAB_NETNS"]}", $"--mount={_environment["LATLAB_MNTNS"]}", .. command], _environment);

    internal Task<Commands.Outcome> HelmAsync(params string[] arguments) =>
        Commands.RunAsync("env", ["helm", .. arguments], _environment, patience: TimeSpan.FromMinutes(6));

    internal async Task RestartKubeletAsync()
    {
        var restart = await Commands.RunAsync(InRepository("hack/cluster"), ["restart", "kubelet"], _environment, patience: TimeSpan.FromMinutes(3));
        Assert.True(restart.ExitCode == 0, restart.Errors);
    }

    internal static Task<Commands.Outcome> ClusterScriptAsync(params string[] arguments) =>
        Commands.RunAsync(Script, arguments, patience: TimeSpan.FromMinutes(10));

    /// <summary>Path of a file in the repository.</summary>
    internal static string InRepository(string path, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../..", path));

    private static string Script => InRepository("hack/lib/e2e-cluster");

    [GeneratedRegex("^export ([A-Z_]+)=(.*)$", RegexOptions.Multiline)]
    private static partial Regex Export();
}
