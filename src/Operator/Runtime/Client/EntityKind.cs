using System.Collections.Concurrent;
using System.Reflection;
using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>Where the API server keeps the objects of a kind.</summary>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Version">API version, e.g. <c>v1</c>.</param>
/// <param name="Kind">Kind.</param>
/// <param name="Plural">Resource name, e.g. <c>pods</c>.</param>
internal sealed record EntityKind(string Group, string Version, string Kind, string Plural)
{
    private static readonly ConcurrentDictionary<Type, EntityKind> Known = new();

    /// <summary>Group and version as objects carry them.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <exception cref="InvalidOperationException"><paramref name="type"/> bears no <see cref="KubernetesEntityAttribute"/>.</exception>
    public static EntityKind Of(Type type) => Known.GetOrAdd(type, static t =>
    {
        var attribute = t.GetCustomAttribute<KubernetesEntityAttribute>()
            ?? throw new InvalidOperationException($"{t} has no [KubernetesEntity] attribute; add one with group, version, kind and plural name");
        return new(attribute.Group ?? "", attribute.ApiVersion, attribute.Kind, attribute.PluralName);
    });

    public static EntityKind Of<T>()
        where T : IKubernetesObject<V1ObjectMeta> => Of(typeof(T));

    /// <summary>Path of all objects, or of those in a namespace, relative to the server's address.</summary>
    public string CollectionPath(string? @namespace)
    {
        var root = Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}";
        return string.IsNullOrEmpty(@namespace) ? $"{root}/{Plural}" : $"{root}/namespaces/{Uri.EscapeDataString(@namespace)}/{Plural}";
    }

    /// <summary>Path of one object.</summary>
    public string ObjectPath(string? @namespace, string name)
    {
        if (string.IsNullOrEmpty(name))
        {
            // Without a name the path would be the collection's: a delete there removes every object.
            throw new ArgumentException($"a {Kind} needs a name", nameof(name));
        }

        return $"{CollectionPath(@namespace)}/{Uri.EscapeDataString(name)}";
    }
}
