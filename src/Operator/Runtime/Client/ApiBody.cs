namespace Latlab.Operator.Runtime;

/// <summary>Content of a request.</summary>
/// <param name="Json">UTF-8.</param>
/// <param name="MediaType">What it means to the server.</param>
internal sealed record ApiBody(byte[] Json, string MediaType)
{
    public static ApiBody Object<T>(T value)
        where T : notnull => new(ApiJson.Serialize(value), "application/json");

    public static ApiBody MergePatch<T>(T value)
        where T : notnull => new(ApiJson.Serialize(value), "application/merge-patch+json");

    /// <summary>For Kubernetes' own kinds only: lists are merged by their entries' keys.</summary>
    public static ApiBody StrategicMergePatch<T>(T value)
        where T : notnull => new(ApiJson.Serialize(value), "application/strategic-merge-patch+json");

    public static ApiBody JsonPatch(object[] operations) => new(ApiJson.Serialize(operations), "application/json-patch+json");

    /// <summary>For server-side apply; JSON is YAML.</summary>
    public static ApiBody Apply<T>(T value)
        where T : notnull => new(ApiJson.Serialize(value), "application/apply-patch+yaml");
}
