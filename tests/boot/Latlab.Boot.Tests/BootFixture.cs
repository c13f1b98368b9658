using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(Latlab.Boot.Tests.BootFixture))]
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace Latlab.Boot.Tests;

/// <summary>
/// A cluster with latlab installed by its chart, whose second node is a machine with its own kernel and boot loader; made by
/// <c>hack/lib/boot-cluster</c> once for all tests. <c>LATLAB_KEEP=1</c> leaves it up.
/// </summary>
public sealed partial class BootFixture : IAsyncLifetime
{
    internal Kubectl Kubectl { get; private set; } = null!;

    /// <summary>The machine whose boot is under test.</summary>
    internal BootVm Vm { get; private set; } = null!;

    private static bool Keep => Environment.GetEnvironmentVariable("LATLAB_KEEP") == "1";

    public async ValueTask InitializeAsync()
    {
        if (!Keep)
        {
            // What a run that was killed left behind would be in the way of this one.
            await DownAsync();
        }

        var up = await Commands.RunAsync(Script, ["up"], patience: TimeSpan.FromMinutes(60));
        Assert.True(up.ExitCode == 0, $"hack/lib/boot-cluster up failed:\n{up.Errors}\n{up.Output}");
        var environment = Export().Matches(up.Output).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
        environment["PATH"] = environment["PATH"].Replace("\"$PATH\"", Environment.GetEnvironmentVariable("PATH"), StringComparison.Ordinal);
        Kubectl = new Kubectl(environment);
        Vm = new BootVm(InRepository("hack/boot-vm"), environment, Kubectl);
    }

    public async ValueTask DisposeAsync()
    {
        if (!Keep)
        {
            await DownAsync();
        }
    }

    private static async Task DownAsync()
    {
        var down = await Commands.RunAsync(Script, ["down"], patience: TimeSpan.FromMinutes(15));
        Assert.True(down.ExitCode == 0, $"hack/lib/boot-cluster down failed:\n{down.Errors}");
    }

    private static string InRepository(string path, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../..", path));

    private static string Script => InRepository("hack/lib/boot-cluster");

    [GeneratedRegex("^export ([A-Z_]+)=(.*)$", RegexOptions.Multiline)]
    private static partial Regex Export();
}
