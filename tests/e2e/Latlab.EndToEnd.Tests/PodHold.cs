using System.Text.Json.Nodes;

namespace Latlab.EndToEnd.Tests;

/// <summary>
/// Keeps a run Analyzing: a finalizer of the test's on a pod of the run, which the operator waits for to go. Disposing lets it go.
/// </summary>
internal sealed class PodHold : IAsyncDisposable
{
    private const string Finalizer = "latlab.dev/held-by-a-test";

    private readonly ClusterFixture _cluster;
    private readonly string _pod;
    private bool _released;

    private PodHold(ClusterFixture cluster, string pod)
    {
        _cluster = cluster;
        _pod = pod;
    }

    public static async Task<PodHold> OnMeterAsync(ClusterFixture cluster, JsonNode run)
    {
        var hold = new PodHold(cluster, $"meter-{run["metadata"]!["uid"]}");
        await hold.PatchAsync($$"""[{"op": "add", "path": "/metadata/finalizers/-", "value": "{{Finalizer}}"}]""");
        return hold;
    }

    public async ValueTask DisposeAsync()
    {
        if (_released)
        {
            return;
        }

        _released = true;
        await Eventually.TrueAsync($"{_pod} to be let go", TimeSpan.FromSeconds(30), async () =>
        {
            if (await _cluster.Kubectl.GetAsync("pod", _pod, "latlab-runs") is not { } pod)
            {
                return true;
            }

            // Ours may be the first or the second one by now.
            var at = pod["metadata"]!["finalizers"]!.AsArray().Select(f => (string?)f).ToList().IndexOf(Finalizer);
            await PatchAsync($$"""[{"op": "test", "path": "/metadata/finalizers/{{at}}", "value": "{{Finalizer}}"}, {"op": "remove", "path": "/metadata/finalizers/{{at}}"}]""");
            return true;
        });
    }

    private Task<string> PatchAsync(string patch) =>
        _cluster.Kubectl.RunAsync("patch", "pod", _pod, "--namespace", "latlab-runs", "--type=json", "--patch", patch);
}
