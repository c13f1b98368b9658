namespace Latlab.Crds.Schema;

/// <summary>Marks a list as a map by these keys (<c>x-kubernetes-list-type: map</c>): server-side apply merges it entry by entry.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListMapKeysAttribute(params string[] keys) : Attribute
{
    /// <summary>JSON names of the key fields, each required or with a default in an entry.</summary>
    public IReadOnlyList<string> Keys { get; } = keys;
}
