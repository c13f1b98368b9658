using System.Reflection;
using System.Text.Json;

namespace Latlab.Crds.Schema;

/// <summary>Reads what the API types carry for schema, reference and validation.</summary>
internal static class Annotations
{
    /// <summary>The attribute of that type, or null.</summary>
    public static T? Find<T>(this ICustomAttributeProvider? member)
        where T : Attribute => member?.GetCustomAttributes(typeof(T), inherit: false).OfType<T>().FirstOrDefault();

    /// <summary>Values of an enum: the name in JSON, and the name in C#, in the order of their numbers.</summary>
    public static IEnumerable<(string Json, string Member)> EnumValues(this JsonSerializerOptions options, Type type) =>
        Enum.GetNames(type)
            .Select(name => (JsonSerializer.SerializeToNode(Enum.Parse(type, name), options.GetTypeInfo(type))!.GetValue<string>(), name));
}
