using System.Text.Json.Nodes;

namespace Latlab.EndToEnd.Tests;

/// <summary>The operator with other arguments for the time of a test.</summary>
internal sealed class OperatorArguments : IAsyncDisposable
{
    private const string Deployment = "deployment/latlab-operator";

    private readonly ClusterFixture _cluster;
    private readonly string _before;

    private OperatorArguments(ClusterFixture cluster, string before)
    {
        _cluster = cluster;
        _before = before;
    }

    /// <summary>Replaces the argument of that name.</summary>
    public static async Task<OperatorArguments> AddAsync(ClusterFixture cluster, string argument)
    {
        var deployment = (await cluster.Kubectl.GetAsync("deployment", "latlab-operator", "latlab-system"))!;
        var arguments = deployment["spec"]!["template"]!["spec"]!["containers"]![0]!["args"]!.AsArray().Select(a => (string)a!).ToList();
        var result = new OperatorArguments(cluster, Json(arguments));
        var option = argument.Split('=')[0] + "=";
        arguments.RemoveAll(a => a.StartsWith(option, StringComparison.Ordinal));
        try
        {
            await result.SetAsync(Json([.. arguments, argument]));
            return result;
        }
        catch
        {
            // The tests after this one need the operator as it was.
            await result.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await SetAsync(_before);

    private async Task SetAsync(string arguments)
    {
        await _cluster.Kubectl.RunAsync(
            "patch", Deployment, "--namespace", "latlab-system", "--type=json",
            "--patch", $$"""[{"op": "replace", "path": "/spec/template/spec/containers/0/args", "value": {{arguments}}}]""");
        await _cluster.Kubectl.RunAsync("rollout", "status", Deployment, "--namespace", "latlab-system", "--timeout=90s");
    }

    private static string Json(IEnumerable<string> values) => new JsonArray([.. values.Select(v => (JsonNode)v)]).ToJsonString();
}
