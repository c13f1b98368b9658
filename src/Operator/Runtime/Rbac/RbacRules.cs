using System.Reflection;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>Collects the rights that an assembly's classes state into the rules of a role per scope.</summary>
internal static class RbacRules
{
    /// <summary>The rules in a fixed order: resources of a group that need the same verbs share a rule.</summary>
    public static IReadOnlyDictionary<RbacScope, IReadOnlyList<V1PolicyRule>> Collect(Assembly assembly) =>
        Collect(assembly.GetTypes().SelectMany(type => type.GetCustomAttributes<EntityRbacAttribute>(inherit: false)));

    public static IReadOnlyDictionary<RbacScope, IReadOnlyList<V1PolicyRule>> Collect(IEnumerable<EntityRbacAttribute> attributes) => attributes
        .GroupBy(attribute => attribute.Scope)
        .OrderBy(scope => scope.Key)
        .ToDictionary(scope => scope.Key, scope => Rules(scope));

    private static IReadOnlyList<V1PolicyRule> Rules(IEnumerable<EntityRbacAttribute> attributes) => [.. attributes
        .GroupBy(attribute => (EntityKind.Of(attribute.EntityType).Group, Resource: Resource(attribute), attribute.Name))
        .Select(right => (right.Key.Group, right.Key.Resource, right.Key.Name, Verbs: right.Aggregate(RbacVerb.None, (verbs, a) => verbs | a.Verbs)))
        .GroupBy(right => (right.Group, right.Name, right.Verbs))
        .Select(rule => new V1PolicyRule
        {
            ApiGroups = [rule.Key.Group],
            Resources = [.. rule.Select(right => right.Resource).Order(StringComparer.Ordinal)],
            ResourceNames = rule.Key.Name is { } name ? [name] : null,
            Verbs = [.. Names(rule.Key.Verbs)],
        })
        .OrderBy(rule => rule.ApiGroups[0], StringComparer.Ordinal)
        .ThenBy(rule => rule.Resources[0], StringComparer.Ordinal)
        .ThenBy(rule => rule.ResourceNames?[0], StringComparer.Ordinal)];

    private static string Resource(EntityRbacAttribute attribute)
    {
        var plural = EntityKind.Of(attribute.EntityType).Plural;
        return attribute.Subresource is null ? plural : $"{plural}/{attribute.Subresource}";
    }

    private static IEnumerable<string> Names(RbacVerb verbs) => Enum.GetValues<RbacVerb>()
        .Where(verb => int.IsPow2((int)verb) && verbs.HasFlag(verb))
        .Select(verb => verb.ToString().ToLowerInvariant());
}
