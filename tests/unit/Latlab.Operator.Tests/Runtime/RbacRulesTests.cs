using k8s.Models;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Tests.Runtime;

public sealed class RbacRulesTests
{
    [Fact]
    public void Rights_of_several_classes_are_joined_and_resources_with_equal_verbs_share_a_rule()
    {
        var rules = RbacRules.Collect(
        [
            new EntityRbacAttribute(typeof(V1Pod)) { Verbs = RbacVerb.Read },
            new EntityRbacAttribute(typeof(V1Pod)) { Verbs = RbacVerb.Create },
            new EntityRbacAttribute(typeof(V1ConfigMap)) { Verbs = RbacVerb.Read | RbacVerb.Create },
            new EntityRbacAttribute(typeof(V1Pod)) { Verbs = RbacVerb.Get, Subresource = "log" },
            new EntityRbacAttribute(typeof(V1Lease)) { Verbs = RbacVerb.Update, Scope = RbacScope.OperatorNamespace },
        ]);

        Assert.Equal(
            ["|configmaps,pods|get,list,watch,create", "|pods/log|get"],
            rules[RbacScope.Cluster].Select(Text));
        Assert.Equal(["coordination.k8s.io|leases|update"], rules[RbacScope.OperatorNamespace].Select(Text));
        Assert.False(rules.ContainsKey(RbacScope.RunNamespace));
    }

    [Fact]
    public void A_right_on_one_object_is_a_rule_of_its_own()
    {
        var rules = RbacRules.Collect(
        [
            new EntityRbacAttribute(typeof(V1Secret)) { Verbs = RbacVerb.Create },
            new EntityRbacAttribute(typeof(V1Secret)) { Verbs = RbacVerb.Get, Name = "one" },
            new EntityRbacAttribute(typeof(V1Secret)) { Verbs = RbacVerb.Update, Name = "one" },
            new EntityRbacAttribute(typeof(V1ConfigMap)) { Verbs = RbacVerb.Create },
        ])[RbacScope.Cluster];

        Assert.Equal(["|configmaps,secrets|create", "|secrets|get,update"], rules.Select(Text));
        Assert.Equal([null, "one"], rules.Select(rule => rule.ResourceNames?.Single()));
    }

    [Fact]
    public void The_runtime_states_what_it_needs_itself()
    {
        var rules = RbacRules.Collect(typeof(RbacRules).Assembly);

        Assert.Contains(rules[RbacScope.OperatorNamespace], rule => rule.Resources.Contains("leases") && rule.Verbs.Contains("update"));
        Assert.Contains(rules[RbacScope.Cluster], rule => rule.Resources.Contains("events") && rule.Verbs.Contains("patch"));
    }

    private static string Text(V1PolicyRule rule) =>
        $"{string.Join(',', rule.ApiGroups)}|{string.Join(',', rule.Resources)}|{string.Join(',', rule.Verbs)}";
}
