using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>Objects to and from JSON, by KubernetesClient's own rules (<see cref="KubernetesJson"/>).</summary>
internal static class ApiJson
{
    private static readonly JsonSerializerOptions Options = CreateOptions();

    public static byte[] Serialize<T>(T value)
        where T : notnull => JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), Options);

    public static JsonElement ToElement<T>(T value)
        where T : notnull => JsonSerializer.SerializeToElement(value, value.GetType(), Options);

    /// <exception cref="JsonException"><paramref name="json"/> is not such an object.</exception>
    public static T Deserialize<T>(ReadOnlySpan<byte> json)
        where T : class => JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException($"null where a {typeof(T).Name} was expected");

    /// <inheritdoc cref="Deserialize{T}(ReadOnlySpan{byte})"/>
    public static T Deserialize<T>(JsonElement json)
        where T : class => json.Deserialize<T>(Options) ?? throw new JsonException($"null where a {typeof(T).Name} was expected");

    /// <summary>A copy that shares nothing with <paramref name="value"/>.</summary>
    public static T Copy<T>(T value)
        where T : class => Deserialize<T>(Serialize(value));

    private static JsonSerializerOptions CreateOptions()
    {
        JsonSerializerOptions? shared = null;
        KubernetesJson.AddJsonOptions(options => shared = options);
        var own = new JsonSerializerOptions(shared!);
        own.TypeInfoResolver = own.TypeInfoResolver!.WithAddedModifier(WriteMicroTimes);
        return own;
    }

    /// <summary>
    /// The fields of type MicroTime are refused by the API server unless they have six decimals; KubernetesClient writes none for a whole
    /// second.
    /// </summary>
    private static void WriteMicroTimes(JsonTypeInfo type)
    {
        string[] fields = type.Type == typeof(V1LeaseSpec) ? ["acquireTime", "renewTime"]
            : type.Type == typeof(Corev1Event) ? ["eventTime"]
            : [];
        foreach (var property in type.Properties.Where(property => fields.Contains(property.Name)))
        {
            property.CustomConverter = new MicroTimeConverter();
        }
    }

    private sealed class MicroTimeConverter : JsonConverter<DateTime?>
    {
        public override DateTime? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { } text
                ? DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal)
                : null;

        public override void Write(Utf8JsonWriter writer, DateTime? value, JsonSerializerOptions options)
        {
            if (value is { } time)
            {
                writer.WriteStringValue(time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }
}
