using System.Text.Json.Nodes;

namespace Latlab.Boot.Tests;

/// <summary>The machine, by <c>hack/boot-vm</c>.</summary>
internal sealed class BootVm(string script, IReadOnlyDictionary<string, string> environment, Kubectl kubectl)
{
    /// <summary>Name of its node.</summary>
    public const string Node = "boot-vm";

    /// <summary>An emulated machine boots within two minutes when it has the processors for itself.</summary>
    private static readonly TimeSpan BootPatience = TimeSpan.FromMinutes(10);

    public Task<Commands.Outcome> TryRunAsync(params string[] command) => ScriptAsync(["exec", .. command]);

    /// <summary>Runs a program in it; returns what it printed.</summary>
    public async Task<string> RunAsync(params string[] command)
    {
        var outcome = await TryRunAsync(command);
        Assert.True(outcome.ExitCode == 0, $"boot-vm: {string.Join(' ', command)}: {outcome.Errors}");
        return outcome.Output.Trim();
    }

    public Task<string> ReadAsync(string file) => RunAsync("cat", file);

    public async Task WriteAsync(string file, string text)
    {
        var outcome = await Commands.RunAsync(script, ["exec", "tee", file], environment, text);
        Assert.True(outcome.ExitCode == 0, outcome.Errors);
    }

    /// <summary>The arguments that the running kernel was started with.</summary>
    public Task<string> CommandLineAsync() => ReadAsync("/proc/cmdline");

    public async Task<JsonNode> NodeAsync() => (await kubectl.GetAsync("node", Node))!;

    /// <summary>The boot that kubelet last told of.</summary>
    public async Task<string> BootIdAsync() => (string)(await NodeAsync())["status"]!["nodeInfo"]!["bootID"]!;

    /// <summary>How often a kernel was started since the machine was made.</summary>
    public async Task<int> BootsAsync() => (await ScriptAsync(["console"])).Output.Split('\n').Count(line => line.Contains("] Linux version ", StringComparison.Ordinal));

    /// <summary>Waits until the node is Ready in another boot than that; returns which.</summary>
    public Task<string> NextBootAsync(string previous) => Eventually.GetAsync(
        $"{Node} to be Ready in another boot than {previous}",
        BootPatience,
        async () => await NodeAsync() is var node && node.Condition("Ready") == "True" && (string?)node["status"]!["nodeInfo"]!["bootID"] is { } boot && boot != previous ? boot : null,
        () => kubectl.RunAsync("describe", "node", Node));

    /// <summary>Reboots it as an administrator would.</summary>
    public async Task<string> RebootAsync()
    {
        var previous = await BootIdAsync();
        // The connection may end before it has told how the command did.
        await TryRunAsync("systemctl", "--no-block", "reboot");
        return await NextBootAsync(previous);
    }

    /// <summary>The power fails.</summary>
    public Task KillAsync() => MustAsync("kill");

    /// <summary>Switches it on; returns when its node is Ready in this boot.</summary>
    public Task StartAsync() => MustAsync("start");

    private async Task MustAsync(string command)
    {
        var outcome = await ScriptAsync([command]);
        Assert.True(outcome.ExitCode == 0, $"hack/boot-vm {command}: {outcome.Errors}");
    }

    private Task<Commands.Outcome> ScriptAsync(string[] arguments) =>
        Commands.RunAsync(script, arguments, environment, patience: TimeSpan.FromMinutes(21));
}
