using System.Text.Json;
using CsCheck;
using Latlab.Crds.Experiments;
using Latlab.Crds.Schema;
using Latlab.Crds.Tests.Samples;
using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;

namespace Latlab.Crds.Tests.Validation;

/// <summary>No spec that JSON can give makes a validator throw, and whatever it lets pass is within the schema.</summary>
public sealed class AnySpecTests
{
    private static readonly Gen<string[]> Entries =
        Gen.OneOf(Gen.Const("lab"), Gen.Const("*"), Gen.Const("Lab"), Gen.Const("a*"), Gen.Char['a', 'z'].Array[60, 66].Select(c => new string(c))).Array[0, 3];

    [Fact]
    public void Any_TunedNode_is_judged_without_an_exception() =>
        AnySpec.TunedNode.Sample(spec => IsJudged(new TunedNodeValidator().Refusals(spec)));

    [Fact]
    public void Any_LatencyExperiment_is_judged_without_an_exception() =>
        AnySpec.Experiment.Sample(spec => IsJudged(new LatencyExperimentValidator().Refusals(spec)));

    [Fact]
    public void What_the_schema_of_a_TunedNode_refuses_is_refused_by_the_validator() =>
        AnySpec.TunedNode.Sample(spec => AgreesWithSchema("TunedNode", spec));

    [Fact]
    public void What_the_schema_of_a_LatencyExperiment_refuses_is_refused_by_the_validator() =>
        AnySpec.Experiment.Sample(spec => AgreesWithSchema("LatencyExperiment", spec));

    [Fact]
    public void Bounds_of_entries_are_those_of_the_schema() => Gen.Select(Entries, AnySpec.Map, AnySpec.Map).Sample((namespaces, selector, sysctls) =>
        AgreesWithSchema("TunedNode", new TunedNodeSpec
        {
            NodeSelector = selector,
            Kernel = new KernelTuning { Sysctls = sysctls ?? [] },
            Interfaces = [new OfferedInterface { Name = "a", Device = "b", Namespaces = namespaces }],
        }));

    [Fact]
    public void Lengths_of_time_of_an_accepted_experiment_can_be_read() => Gen.Select(AnySpec.Text, AnySpec.Text, AnySpec.Text).Sample((warmUp, duration, window) =>
    {
        var spec = new LatencyExperimentSpec
        {
            TunedNode = "lab",
            Traffic = new TrafficSpec { Interface = "a", Rate = 1, WarmUp = warmUp!, Duration = duration! },
            Measurement = new MeasurementSpec { Taps = new TapsSpec { Ingress = "b", Egress = "c" }, Window = window! },
        };
        return new LatencyExperimentValidator().Refusals(spec).Count > 0
            || (LengthOfTime.Parse(window!) <= LengthOfTime.Parse(duration!)
                && LengthOfTime.Parse(warmUp!) <= LatencyExperimentValidator.LongestTraffic);
    });

    private static bool IsJudged(IReadOnlyList<Refusal> refusals) =>
        refusals.All(r => r.Field.StartsWith("spec", StringComparison.Ordinal) && r.Problem != "" && r.Remedy != "");

    private static bool AgreesWithSchema<TSpec>(string kind, TSpec spec)
        where TSpec : class
    {
        var document = JsonSerializer.SerializeToNode(spec, SchemaJson.Default.Options);
        return !SchemaCheck.Violations(document, SchemaCheck.SchemaOf(kind)["properties"]!["spec"]!, "spec").Any() || SchemaRules.Check(spec, "spec").Any();
    }
}
