using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Latlab.EndToEnd.Tests;

/// <summary>kubectl, as users have it.</summary>
internal sealed class Kubectl(IReadOnlyDictionary<string, string> environment)
{
    /// <summary>Told, so that one knows where a test's time went.</summary>
    private static readonly TimeSpan Unusual = TimeSpan.FromSeconds(15);

    public Task<Commands.Outcome> TryAsync(params string[] arguments) => Commands.RunAsync("env", ["kubectl", .. arguments], environment);

    public async Task<string> RunAsync(params string[] arguments)
    {
        var started = Stopwatch.GetTimestamp();
        var outcome = await TryAsync(arguments);
        if (Stopwatch.GetElapsedTime(started) is var took && took > Unusual)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"kubectl {string.Join(' ', arguments)}: took {took.TotalSeconds:0.0} s");
        }

        Assert.True(outcome.ExitCode == 0, $"kubectl {string.Join(' ', arguments)}: {outcome.Errors}");
        return outcome.Output;
    }

    public Task<Commands.Outcome> TryApplyAsync(string manifest) => Commands.RunAsync("env", ["kubectl", "apply", "-f", "-"], environment, manifest);

    public async Task ApplyAsync(string manifest)
    {
        var outcome = await TryApplyAsync(manifest);
        Assert.True(outcome.ExitCode == 0, outcome.Errors);
    }

    /// <summary>An object, or null when there is none.</summary>
    public async Task<JsonNode?> GetAsync(string kind, string name, string? @namespace = null)
    {
        string[] scope = @namespace is null ? [] : ["--namespace", @namespace];
        var text = await RunAsync(["get", kind, name, "--ignore-not-found", "--output", "json", .. scope]);
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    public async Task<JsonArray> ListAsync(string kind, string? @namespace = null, string? selector = null)
    {
        string[] scope = @namespace is null ? ["--all-namespaces"] : ["--namespace", @namespace];
        string[] labels = selector is null ? [] : ["--selector", selector];
        return JsonNode.Parse(await RunAsync(["get", kind, "--output", "json", .. scope, .. labels]))!["items"]!.AsArray();
    }
}
