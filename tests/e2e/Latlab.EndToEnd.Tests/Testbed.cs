using System.Text.Json.Nodes;

namespace Latlab.EndToEnd.Tests;

/// <summary>
/// A namespace and a TunedNode with two virtual wires for one test; takes both away at its end and checks that nothing is left.
/// </summary>
internal sealed class Testbed : IAsyncDisposable
{
    private static int _count;

    private readonly ClusterFixture _cluster;

    private Testbed(ClusterFixture cluster)
    {
        _cluster = cluster;
        Name = $"e2e-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
    }

    /// <summary>Name of the namespace and of the TunedNode.</summary>
    public string Name { get; }

    /// <summary>Makes it; <paramref name="extra"/> are further lines of the TunedNode's spec.</summary>
    public static async Task<Testbed> CreateAsync(ClusterFixture cluster, string extra = "")
    {
        var testbed = new Testbed(cluster);
        await cluster.Kubectl.ApplyAsync($$"""
            apiVersion: v1
            kind: Namespace
            metadata: { name: {{testbed.Name}} }
            ---
            apiVersion: latlab.dev/v1alpha1
            kind: TunedNode
            metadata: { name: {{testbed.Name}} }
            spec:
              nodeSelector: { kubernetes.io/os: linux }
              virtualWires: [{ name: left }, { name: right }]
              interfaces:
              - { name: generator, device: left-a, namespaces: [{{testbed.Name}}] }
              - { name: ingress, device: left-b, namespaces: [{{testbed.Name}}] }
              - { name: dut-out, device: right-a, namespaces: [{{testbed.Name}}] }
              - { name: egress, device: right-b, namespaces: [{{testbed.Name}}] }
              {{extra}}
            """);
        return testbed;
    }

    /// <summary>Manifest of an experiment through testpmd; <paramref name="extra"/> are further lines of the spec.</summary>
    public string Experiment(
        string name, string duration = "1s", int rate = 2000, string mode = "io", string forwarder = "", string extra = "", string warmUp = "200ms", int frameSize = 64) => $$"""
        apiVersion: latlab.dev/v1alpha1
        kind: LatencyExperiment
        metadata: { name: {{name}}, namespace: {{Name}} }
        spec:
          tunedNode: {{Name}}
          forwarder:
            mode: {{mode}}
            ports: [{ interface: ingress }, { interface: dut-out }]
            {{forwarder}}
          traffic: { interface: generator, rate: {{rate}}, frameSize: {{frameSize}}, warmUp: {{warmUp}}, duration: {{duration}} }
          measurement: { taps: { ingress: ingress, egress: egress }, window: 1s }
          {{extra}}
        """;

    public async Task<JsonNode> CompleteAsync(string experiment, TimeSpan? patience = null) => await Eventually.GetAsync(
        $"experiment {experiment} to be over",
        patience ?? TimeSpan.FromMinutes(2),
        async () => await _cluster.Kubectl.GetAsync("lex", experiment, Name) is { } entity && entity.Condition("Complete") == "True" ? entity : null,
        () => DescribeAsync(experiment));

    /// <summary>Waits for its end, which must be a valid result.</summary>
    public async Task MeasuredAsync(string experiment, TimeSpan? patience = null)
    {
        var ended = await CompleteAsync(experiment, patience);
        Assert.True(ended.Condition("Measured") == "True", await DescribeAsync(experiment));
    }

    /// <summary>
    /// Measures until a run is valid, three times at most, and gives that run: a host that holds the generator up says nothing of latlab.
    /// </summary>
    /// <param name="manifest">The experiment of a name.</param>
    public async Task<JsonNode> MeasureAsync(Func<string, string> manifest)
    {
        for (var attempt = 1; ; attempt++)
        {
            var name = $"x{attempt}";
            await _cluster.Kubectl.ApplyAsync(manifest(name));
            await CompleteAsync(name);
            var run = (await RunAsync($"{name}-1"))!;
            if (attempt == 3 || run.Condition("Measured", "reason") != "RateNotReached")
            {
                Assert.True(run.Condition("Measured") == "True", run.ToJsonString());
                return run;
            }
        }
    }

    public Task<JsonNode> PhaseAsync(string run, params string[] phases) => PhaseAsync(run, TimeSpan.FromMinutes(1), phases);

    public async Task<JsonNode> PhaseAsync(string run, TimeSpan patience, params string[] phases) => await Eventually.GetAsync(
        $"run {run} to be {string.Join(" or ", phases)}",
        patience,
        async () => await RunAsync(run) is { } entity && phases.Contains((string?)entity["status"]?["phase"]) ? entity : null,
        () => _cluster.Kubectl.RunAsync("describe", "lrun", "--namespace", Name));

    public Task<JsonNode?> RunAsync(string run) => _cluster.Kubectl.GetAsync("lrun", run, Name);

    public Task<string> DescribeAsync(string experiment) =>
        _cluster.Kubectl.RunAsync("describe", "lex,lrun", "--namespace", Name);

    /// <summary>No run pod and no reservation is left on the cluster.</summary>
    public Task NodeIsFreeAsync() => Eventually.TrueAsync(
        "the node to be free",
        TimeSpan.FromSeconds(45),
        async () => (await _cluster.Kubectl.ListAsync("pods", "latlab-runs")).Count == 0 && (await _cluster.Kubectl.ListAsync("leases", "latlab-runs")).Count == 0,
        DescribeRunPodsAsync);

    /// <summary>What is on the node for runs, with what happened to it.</summary>
    public Task<string> DescribeRunPodsAsync() => _cluster.Kubectl.RunAsync("get", "pods,leases,events", "--namespace", "latlab-runs", "--output", "yaml");

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _cluster.Kubectl.RunAsync("delete", "namespace", Name, "--timeout=90s");
            await NodeIsFreeAsync();
        }
        finally
        {
            // Whatever went wrong: the next test needs the node.
            await _cluster.Kubectl.RunAsync("delete", "tunednode", Name, "--ignore-not-found", "--timeout=60s");
        }

        var links = await _cluster.OnNodeAsync("ip", "-o", "link", "show", "type", "veth");
        Assert.DoesNotContain("left-", links.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("right-", links.Output, StringComparison.Ordinal);
    }
}
