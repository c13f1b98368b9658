using k8s;
using k8s.Models;
using Testing;

namespace Latlab.ApiServer.Tests.Runtime;

/// <summary>The CustomResourceDefinition of <see cref="Widget"/>. Its schema lets in what the C# type cannot read.</summary>
internal static class WidgetDefinition
{
    private const string Name = "widgets.test.latlab.dev";

    public static async Task InstallAsync(IKubernetes client)
    {
        var known = await client.ApiextensionsV1.ListCustomResourceDefinitionAsync(fieldSelector: $"metadata.name={Name}");
        if (known.Items.Count == 0)
        {
            await client.ApiextensionsV1.CreateCustomResourceDefinitionAsync(Definition());
        }

        await Eventually.TrueAsync(
            async () => (await client.ApiextensionsV1.ReadCustomResourceDefinitionAsync(Name)).Status.Conditions
                .Any(condition => condition is { Type: "Established", Status: "True" }),
            "the test kind is established");
        // Established is said a moment before it is served.
        await Eventually.GetAsync(() => client.CustomObjects.ListClusterCustomObjectAsync("test.latlab.dev", "v1", "widgets")!, "the test kind is served");
    }

    private static V1CustomResourceDefinition Definition() => new()
    {
        Metadata = new V1ObjectMeta { Name = Name },
        Spec = new V1CustomResourceDefinitionSpec
        {
            Group = "test.latlab.dev",
            Scope = "Namespaced",
            Names = new V1CustomResourceDefinitionNames { Kind = "Widget", Plural = "widgets", Singular = "widget", ListKind = "WidgetList" },
            Versions =
            [
                new V1CustomResourceDefinitionVersion
                {
                    Name = "v1",
                    Served = true,
                    Storage = true,
                    Subresources = new V1CustomResourceSubresources { Status = new object() },
                    Schema = new V1CustomResourceValidation
                    {
                        OpenAPIV3Schema = Object(new()
                        {
                            ["spec"] = new() { Type = "object", XKubernetesPreserveUnknownFields = true },
                            ["status"] = Object(new()
                            {
                                ["observedGeneration"] = new() { Type = "integer", Format = "int64" },
                                ["conditions"] = new()
                                {
                                    Type = "array",
                                    XKubernetesListType = "map",
                                    XKubernetesListMapKeys = ["type"],
                                    Items = Object(new()
                                    {
                                        ["type"] = new() { Type = "string" },
                                        ["status"] = new() { Type = "string" },
                                        ["reason"] = new() { Type = "string" },
                                        ["message"] = new() { Type = "string" },
                                        ["observedGeneration"] = new() { Type = "integer", Format = "int64" },
                                        ["lastTransitionTime"] = new() { Type = "string", Format = "date-time" },
                                    }, "type"),
                                },
                            }),
                        }),
                    },
                },
            ],
        },
    };

    private static V1JSONSchemaProps Object(Dictionary<string, V1JSONSchemaProps> properties, params string[] required) => new()
    {
        Type = "object",
        Properties = properties.ToDictionary(entry => entry.Key, entry => entry.Value),
        Required = required.Length == 0 ? null : required,
    };
}
