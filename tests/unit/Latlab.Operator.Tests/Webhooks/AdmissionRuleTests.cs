using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Latlab.Crds.Tests.Validation;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;
using Latlab.Operator.Webhooks;

namespace Latlab.Operator.Tests.Webhooks;

/// <summary>What is refused at admission, and what never is.</summary>
public sealed class AdmissionRuleTests
{
    private const string Good = """{"nodeName":"n","cpu":{"isolated":"1-3"}}""";
    private const string Bad = """{"nodeName":"n","cpu":{"isolated":"0-3"}}""";

    private static readonly AdmissionRule Rule = AdmissionRules.All.Single(r => r.Path == "/validate-latlab-dev-v1alpha1-tunednode");

    [Fact]
    public void A_good_one_is_let_in()
    {
        var answer = Rule.Judge(Question("CREATE", Good));

        Assert.True(answer.Allowed);
        Assert.Equal("u-1", answer.Uid);
        Assert.Null(answer.Warnings);
    }

    [Theory]
    [InlineData("CREATE", null)]
    [InlineData("UPDATE", Good)]
    [InlineData("UPDATE", """{"nodeName":"n","cpu":{"isolated":"0-2"}}""")]
    public void A_wrong_wish_is_refused_with_field_value_problem_and_remedy(string operation, string? before)
    {
        var answer = Rule.Judge(Question(operation, Bad, before));

        Assert.False(answer.Allowed);
        Assert.Equal((422, "Invalid", "Failure"), (answer.Status!.Code, answer.Status.Reason, answer.Status.Status));
        Assert.Equal("spec.cpu.isolated: \"0-3\" has CPU 0, which the kernel needs for its own work; leave CPU 0 out", answer.Status.Message);
        Assert.Equal(("latlab.dev", "TunedNode", "t"), (answer.Status.Details.Group, answer.Status.Details.Kind, answer.Status.Details.Name));
        var cause = Assert.Single(answer.Status.Details.Causes);
        Assert.Equal(
            ("FieldValueInvalid", "spec.cpu.isolated", "\"0-3\" has CPU 0, which the kernel needs for its own work; leave CPU 0 out"),
            (cause.Reason, cause.Field, cause.Message));
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once_up_to_a_limit()
    {
        var wires = string.Join(',', Enumerable.Repeat("""{"name":"w"}""", 40));

        var answer = Rule.Judge(Question("CREATE", $$"""{"virtualWires":[{{wires}}]}"""));

        Assert.Equal(20, answer.Status!.Details.Causes.Count);
        Assert.EndsWith("… and 20 more", answer.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_object_that_an_older_version_let_in_can_be_changed_in_all_but_its_spec() =>
        Assert.True(Rule.Judge(Question("UPDATE", Bad, Bad.Replace(":", " : ", StringComparison.Ordinal))).Allowed);

    [Fact]
    public void An_object_that_goes_lets_its_finalizers_be_taken_away() =>
        Assert.True(Rule.Judge(Question("UPDATE", Bad, Good, """{"name":"t","deletionTimestamp":"2026-11-30T00:00:00Z"}""")).Allowed);

    [Theory]
    [InlineData("DELETE")]
    [InlineData("CONNECT")]
    [InlineData(null)]
    public void Other_operations_are_none_of_its_business(string? operation) => Assert.True(Rule.Judge(Question(operation, Bad)).Allowed);

    [Fact]
    public void Nor_are_subresources() => Assert.True(Rule.Judge(Question("UPDATE", Bad, Good) with { SubResource = "status" }).Allowed);

    [Theory]
    [InlineData("latlab.dev", "NodeTuning")]
    [InlineData("apps", "TunedNode")]
    [InlineData(null, null)]
    public void Another_kind_is_let_pass_with_a_warning(string? group, string? kind)
    {
        var answer = Rule.Judge(Question("CREATE", Bad) with { Kind = new AdmissionKind { Group = group, Version = "v1", Kind = kind } });

        Assert.True(answer.Allowed);
        Assert.Contains("ValidatingWebhookConfiguration latlab-webhook", Assert.Single(answer.Warnings!), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"nodeName":"n","memory":{"hugePages":[{"size":"2Mi","count":"many"}]}}""", "spec.memory.hugePages[0].count")]
    [InlineData("""{"nodeName":["n"]}""", "spec.nodeName")]
    [InlineData("""[]""", "spec")]
    [InlineData("null", "spec")]
    public void What_cannot_be_read_is_refused_by_its_field(string spec, string field)
    {
        var answer = Rule.Judge(Question("CREATE", spec));

        Assert.False(answer.Allowed);
        Assert.Equal(field, Assert.Single(answer.Status!.Details.Causes).Field);
    }

    [Fact]
    public void The_chart_has_the_API_server_ask_about_every_kind()
    {
        var chart = File.ReadAllText(Path.Combine(Testing.ApiServer.RepositoryRoot, "charts", "latlab", "templates", "webhook.yaml"));

        Assert.All(AdmissionRules.All, rule => Assert.Contains($"path: {rule.Path}\n", chart, StringComparison.Ordinal));
    }

    [Fact]
    public void No_spec_makes_it_throw() => AnySpec.TunedNode.Sample(spec =>
        Assert.Equal(
            new TunedNodeValidator().Refusals(RoundTrip(spec)).Count == 0,
            Rule.Judge(Question("CREATE", JsonSerializer.Serialize(ApiJson.ToElement(spec)))).Allowed));

    private static TunedNodeSpec RoundTrip(TunedNodeSpec spec) => ApiJson.Copy(new V1Alpha1TunedNode { Spec = spec }).Spec;

    private static AdmissionRequest Question(string? operation, string spec, string? before = null, string metadata = """{"name":"t"}""") => new()
    {
        Uid = "u-1",
        Name = "t",
        Operation = operation,
        Kind = new AdmissionKind { Group = "latlab.dev", Version = "v1alpha1", Kind = "TunedNode" },
        Object = Entity(spec, metadata),
        OldObject = before is null ? null : Entity(before, metadata),
    };

    private static JsonElement Entity(string spec, string metadata) => JsonSerializer.SerializeToElement(new JsonObject
    {
        ["apiVersion"] = "latlab.dev/v1alpha1",
        ["kind"] = "TunedNode",
        ["metadata"] = JsonNode.Parse(metadata),
        ["spec"] = JsonNode.Parse(spec),
    });
}
