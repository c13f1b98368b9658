namespace Latlab.Operator.Runtime;

/// <summary>States, next to the code that needs it, a right that the operator's service account must have.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
internal sealed class EntityRbacAttribute(Type entityType) : Attribute
{
    /// <summary>Type of the objects, with a <c>[KubernetesEntity]</c> attribute.</summary>
    public Type EntityType { get; } = entityType;

    public RbacVerb Verbs { get; init; }

    /// <summary>Subresource, e.g. <c>status</c>; null is the object itself.</summary>
    public string? Subresource { get; init; }

    /// <summary>The one object that the right is about; null is all. Kubernetes knows no name at a creation.</summary>
    public string? Name { get; init; }

    public RbacScope Scope { get; init; } = RbacScope.Cluster;
}
