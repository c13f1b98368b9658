using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using Latlab.Crds;
using Latlab.Crds.Schema;
using Latlab.Crds.Tests;

namespace Latlab.ApiServer.Tests.Crds;

/// <summary>What a real API server makes of our definitions: what it takes, what it refuses, what it adds, what it shows.</summary>
public sealed class DefinitionTests(ApiServerFixture fixture)
{
    private const string Experiment = """
        {
          "apiVersion": "latlab.dev/v1alpha1", "kind": "LatencyExperiment", "metadata": { "name": "x" },
          "spec": {
            "tunedNode": "lab",
            "forwarder": { "ports": [{ "interface": "in" }, { "interface": "out" }] },
            "traffic": { "interface": "gen", "rate": 1000 },
            "measurement": { "taps": { "ingress": "in", "egress": "far" } },
            "artifacts": {}
          }
        }
        """;

    private const string TunedNode = """
        {
          "apiVersion": "latlab.dev/v1alpha1", "kind": "TunedNode", "metadata": { "name": "x" },
          "spec": {
            "nodeSelector": { "role": "testbed" },
            "memory": { "hugePages": [{ "size": "2Mi", "count": 1 }] },
            "kernel": { "sysctls": { "vm.stat_interval": "10" } },
            "virtualWires": [{ "name": "left" }],
            "interfaces": [{ "name": "gen", "device": "left-a", "namespaces": ["lab"] }]
          }
        }
        """;

    public static TheoryData<string> Samples { get; } =
        [.. Directory.EnumerateFiles(Repository.PathOf("config", "samples"), "*.yaml").Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task A_sample_is_taken(string file)
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        var ours = Repository.Documents(await File.ReadAllTextAsync(Repository.PathOf("config", "samples", file), TestContext.Current.CancellationToken))
            .Where(d => (string?)d["apiVersion"] == $"{ApiGroup.Name}/{ApiGroup.Version}");
        foreach (var document in ours)
        {
            var stored = await TryAsync(document.AsObject(), ns.Name);
            Assert.Equal((string?)document["metadata"]!["name"], (string?)stored["metadata"]!["name"]);
        }
    }

    [Theory]
    [InlineData("traffic.rate", "0")]
    [InlineData("traffic.rate", "-1")]
    [InlineData("traffic.rate", "\"fast\"")]
    [InlineData("traffic.frameSize", "63")]
    [InlineData("traffic.frameSize", "1519")]
    [InlineData("traffic.flows", "4097")]
    [InlineData("traffic.duration", "\"-1s\"")]
    [InlineData("traffic.duration", "\"0\"")]
    [InlineData("traffic.duration", "\"1m30\"")]
    [InlineData("traffic.warmUp", "\"1\"")]
    [InlineData("traffic", "null")]
    [InlineData("measurement.window", "\"0s\"")]
    [InlineData("measurement.objectives", """[{ "metric": "p98", "atMost": 1 }]""")]
    [InlineData("measurement.objectives", """[{ "metric": "p99", "atMost": -1 }]""")]
    [InlineData("measurement.objectives", """[{ "metric": "p99", "atMost": 1 }, { "metric": "p99", "atMost": 2 }]""")]
    [InlineData("forwarder.mode", "\"telepathy\"")]
    [InlineData("forwarder.cpus", "0")]
    [InlineData("forwarder.ports", """[{ "interface": "in" }]""")]
    [InlineData("forwarder.hugePages", """{ "size": "3Mi", "count": 1 }""")]
    [InlineData("repetitions", "0")]
    [InlineData("repetitions", "1001")]
    [InlineData("tunedNode", "\"Lab\"")]
    [InlineData("artifacts.pcap", "\"yes\"")]
    public Task A_LatencyExperiment_with_an_impossible_field_is_refused(string field, string value) => IsRefusedAsync(Experiment, field, value);

    [Theory]
    [InlineData("nodeSelector", "{}")]
    [InlineData("nodeSelector.role", "\"x123456789012345678901234567890123456789012345678901234567890123\"")]
    [InlineData("nodeName", "\"Node_1\"")]
    [InlineData("memory.hugePages", """[{ "size": "2Mi", "count": -1 }]""")]
    [InlineData("memory.hugePages", """[{ "size": "2Mi", "count": 1 }, { "size": "2Mi", "count": 2 }]""")]
    [InlineData("virtualWires", """[{ "name": "left", "mtu": 67 }]""")]
    [InlineData("virtualWires", """[{ "name": "left" }, { "name": "left" }]""")]
    [InlineData("interfaces", """[{ "name": "gen", "device": "../x", "namespaces": ["lab"] }]""")]
    [InlineData("interfaces", """[{ "name": "gen", "device": "x", "namespaces": [] }]""")]
    [InlineData("interfaces", """[{ "name": "gen", "device": "x", "namespaces": ["Not_A_Name"] }]""")]
    [InlineData("interfaces", """[{ "name": "gen", "device": "x", "namespaces": ["lab", "lab"] }]""")]
    [InlineData("drift", "\"Sometimes\"")]
    public Task A_TunedNode_with_an_impossible_field_is_refused(string field, string value) => IsRefusedAsync(TunedNode, field, value);

    [Fact]
    public Task A_sysctls_value_is_bounded()
    {
        var document = Parse(TunedNode);
        document["spec"]!["kernel"]!["sysctls"]!["vm.stat_interval"] = new string('1', 257);
        return IsRefusedAsync(document, "spec.kernel.sysctls");
    }

    [Fact]
    public Task A_name_that_leaves_no_room_for_a_runs_number_is_refused()
    {
        var document = Parse(Experiment);
        document["metadata"]!["name"] = new string('x', 59);
        return IsRefusedAsync(document, "metadata.name");
    }

    [Theory]
    [InlineData("forwarder.mode", "io")]
    [InlineData("forwarder.cpus", "1")]
    [InlineData("forwarder.memoryMiB", "512")]
    [InlineData("traffic.frameSize", "64")]
    [InlineData("traffic.flows", "1")]
    [InlineData("traffic.warmUp", "1s")]
    [InlineData("traffic.duration", "10s")]
    [InlineData("measurement.window", "100ms")]
    [InlineData("repetitions", "1")]
    [InlineData("artifacts.pcap", "false")]
    public async Task A_field_of_a_LatencyExperiment_that_is_left_out_gets_its_default(string field, string value)
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        Assert.Equal(value, At(await TryAsync(Parse(Experiment), ns.Name), field)?.ToString());
    }

    [Theory]
    [InlineData("drift", "Repair")]
    [InlineData("virtualWires.0.mtu", "1500")]
    [InlineData("memory.hugePages.0.numaNode", "0")]
    public async Task A_field_of_a_TunedNode_that_is_left_out_gets_its_default(string field, string value) =>
        Assert.Equal(value, At(await TryAsync(Parse(TunedNode), null), field)?.ToString());

    [Theory]
    [InlineData("traffic.duration", "\"1h0m0s\"")]
    [InlineData("traffic.warmUp", "\"0\"")]
    [InlineData("measurement.window", "\"1500us\"")]
    [InlineData("measurement.objectives", """[{ "metric": "p99.9", "atMost": 1 }, { "metric": "lost", "atMost": 0 }]""")]
    [InlineData("forwarder.mode", "\"5tswap\"")]
    public async Task What_the_reference_promises_is_taken(string field, string value)
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        var document = With(Parse(Experiment), field, value);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(value), At(await TryAsync(document, ns.Name), field)));
    }

    public static TheoryData<string> Kinds { get; } = [.. ApiResources.All.Select(k => k.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Its_columns_are_shown(string kind)
    {
        var definition = ApiResources.All.Single(k => k.Kind == kind);
        var table = await TableAsync($"apis/{ApiGroup.Name}/{ApiGroup.Version}/{definition.Plural}");
        Assert.Equal(
            definition.Columns.Select(c => c.Name).Prepend("Name"), table["columnDefinitions"]!.AsArray().Select(c => (string?)c!["name"]));
    }

    [Fact]
    public async Task Columns_of_an_experiment_hold_what_its_status_says()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        var custom = fixture.Server.Client.CustomObjects;
        var made = Node(await custom.CreateNamespacedCustomObjectAsync(Parse(Experiment), ApiGroup.Name, ApiGroup.Version, ns.Name, "latencyexperiments"));
        made["status"] = JsonNode.Parse("""
            {
              "phase": "Complete", "valid": "1/1", "nodeName": "n1",
              "median": {
                "latencyNs": { "min": 1, "mean": 2, "p50": 3, "p90": 4, "p99": 5, "p999": 6, "p9999": 7, "max": 8 },
                "lost": 0, "lossPercent": "0", "offeredRate": 1000
              }
            }
            """);
        await custom.ReplaceNamespacedCustomObjectStatusAsync(made, ApiGroup.Name, ApiGroup.Version, ns.Name, "latencyexperiments", "x");

        var table = await TableAsync($"apis/{ApiGroup.Name}/{ApiGroup.Version}/namespaces/{ns.Name}/latencyexperiments");

        var cells = table["rows"]![0]!["cells"]!.AsArray().Select(c => c?.ToString()).ToList();
        Assert.Equal(["x", "Complete", "3", "5", "6", "8", "0", "1/1", "n1", "1000"], cells.SkipLast(1));
    }

    private async Task IsRefusedAsync(string document, string field, string value) =>
        await IsRefusedAsync(With(Parse(document), field, value), "spec." + field);

    private async Task IsRefusedAsync(JsonObject document, string field)
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        var exception = await Assert.ThrowsAsync<HttpOperationException>(
            () => TryAsync(document, (string?)document["kind"] == "TunedNode" ? null : ns.Name));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, exception.Response.StatusCode);
        Assert.Contains(field, exception.Response.Content, StringComparison.Ordinal);
    }

    /// <summary>The object as the API server would store it; nothing is stored.</summary>
    private async Task<JsonObject> TryAsync(JsonObject document, string? @namespace)
    {
        var kind = ApiResources.All.Single(k => k.Kind == (string?)document["kind"]);
        var custom = fixture.Server.Client.CustomObjects;
        if (!kind.Namespaced)
        {
            return Node(await custom.CreateClusterCustomObjectAsync(document, ApiGroup.Name, ApiGroup.Version, kind.Plural, dryRun: "All"));
        }

        document["metadata"]!["namespace"] = @namespace;
        return Node(await custom.CreateNamespacedCustomObjectAsync(document, ApiGroup.Name, ApiGroup.Version, @namespace, kind.Plural, dryRun: "All"));
    }

    private async Task<JsonNode> TableAsync(string path)
    {
        var client = (Kubernetes)fixture.Server.Client;
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(client.BaseUri, path));
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/json;as=Table;v=v1;g=meta.k8s.io"));
        if (client.Credentials is { } credentials)
        {
            await credentials.ProcessHttpRequestAsync(request, TestContext.Current.CancellationToken);
        }

        using var response = await client.HttpClient.SendAsync(request, TestContext.Current.CancellationToken);
        return JsonNode.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    private static JsonObject Node(object answer) => JsonObject.Create((JsonElement)answer)!;

    private static JsonNode? At(JsonObject document, string field) => field.Split('.').Aggregate(
        document["spec"], (node, name) => int.TryParse(name, out var index) ? node![index] : node![name]);

    private static JsonObject With(JsonObject document, string field, string value)
    {
        var names = field.Split('.');
        names[..^1].Aggregate(document["spec"]!, (node, name) => node[name]!)[names[^1]] = JsonNode.Parse(value);
        return document;
    }
}
