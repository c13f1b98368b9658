using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using Latlab.Crds;
using Latlab.Crds.Schema;
using Testing;

namespace Latlab.ApiServer.Tests.Crds;

/// <summary>
/// latlab's own CustomResourceDefinitions, made from the code. The unit tests hold that those in config/crd are the same.
/// </summary>
internal static class LatlabDefinitions
{
    private const string Group = "apiextensions.k8s.io";
    private const string Plural = "customresourcedefinitions";

    /// <summary>Installs them, over those that an earlier run of the tests left.</summary>
    public static async Task InstallAsync(IKubernetes client)
    {
        var schemas = new StructuralSchema(SchemaJson.Default.Options, XmlDocumentation.OfApi());
        foreach (var kind in ApiResources.All)
        {
            await WriteAsync(client, CustomResourceDefinition.Of(kind, schemas));
        }

        foreach (var kind in ApiResources.All)
        {
            await Eventually.GetAsync(
                () => client.CustomObjects.ListClusterCustomObjectAsync(ApiGroup.Name, ApiGroup.Version, kind.Plural)!, $"{kind.Plural} are served");
        }
    }

    private static async Task WriteAsync(IKubernetes client, JsonObject definition)
    {
        try
        {
            await client.CustomObjects.CreateClusterCustomObjectAsync(definition, Group, "v1", Plural);
        }
        catch (HttpOperationException exception) when (exception.Response.StatusCode == System.Net.HttpStatusCode.Conflict)
        {
            var name = (string)definition["metadata"]!["name"]!;
            var present = (JsonElement)await client.CustomObjects.GetClusterCustomObjectAsync(Group, "v1", Plural, name);
            definition["metadata"]!["resourceVersion"] = present.GetProperty("metadata").GetProperty("resourceVersion").GetString();
            await client.CustomObjects.ReplaceClusterCustomObjectAsync(definition, Group, "v1", Plural, name);
        }
    }
}
