using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Latlab.Crds.Experiments;
using Latlab.Crds.Schema;
using Latlab.Crds.TunedNodes;

namespace Latlab.Crds.Tests.Samples;

public sealed class SampleTests
{
    private static readonly JsonSerializerOptions Strict = new(SchemaJson.Default.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public static TheoryData<string> Files { get; } =
        [.. Directory.EnumerateFiles(Repository.PathOf("config", "samples"), "*.yaml").Select(p => Path.GetFileName(p))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_sample_passes_validators_and_schema(string file)
    {
        var ours = Documents(file).Where(d => ((string?)d["apiVersion"])!.StartsWith(ApiGroup.Name, StringComparison.Ordinal));
        foreach (var document in ours)
        {
            var refusals = (string?)document["kind"] switch
            {
                "TunedNode" => new TunedNodeValidator().Refusals(document["spec"].Deserialize<TunedNodeSpec>(Strict)),
                "LatencyExperiment" => new LatencyExperimentValidator()
                    .Refusals(document["spec"].Deserialize<LatencyExperimentSpec>(Strict)),
                var kind => throw new InvalidOperationException($"{file} has a {kind}, which users do not write"),
            };
            Assert.Empty(refusals);
            Assert.Empty(SchemaCheck.Violations(document, SchemaCheck.SchemaOf((string)document["kind"]!), ""));
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void An_experiment_in_a_sample_names_only_what_the_samples_offer_to_its_namespace(string file)
    {
        var offers = Files.SelectMany(f => Documents(f)).Where(d => (string?)d["kind"] == "TunedNode")
            .ToDictionary(d => (string)d["metadata"]!["name"]!, d => d["spec"].Deserialize<TunedNodeSpec>(Strict)!);
        foreach (var document in Documents(file).Where(d => (string?)d["kind"] == "LatencyExperiment"))
        {
            var spec = document["spec"].Deserialize<LatencyExperimentSpec>(Strict)!;
            var offered = offers[spec.TunedNode].Interfaces.Where(i => i.Namespaces.Contains((string)document["metadata"]!["namespace"]!))
                .Select(i => i.Name).ToList();
            Assert.Subset(
                offered.ToHashSet(),
                (spec.Forwarder?.Ports ?? []).Select(p => p.Interface).Append(spec.Traffic.Interface)
                    .Append(spec.Measurement.Taps.Ingress).Append(spec.Measurement.Taps.Egress).ToHashSet());
        }
    }

    private static IReadOnlyList<JsonNode> Documents(string file) =>
        Repository.Documents(File.ReadAllText(Repository.PathOf("config", "samples", file)));
}
