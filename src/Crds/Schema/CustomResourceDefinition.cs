using System.Text.Json.Nodes;

namespace Latlab.Crds.Schema;

/// <summary>Makes the CustomResourceDefinition (<c>apiextensions.k8s.io/v1</c>) of a kind.</summary>
public static class CustomResourceDefinition
{
    private const string MetaReference = "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md";

    /// <summary>The document. It has no CEL rules: the oldest API server that latlab supports (1.20) refuses those.</summary>
    public static JsonObject Of(ResourceDefinition kind, StructuralSchema schemas) => new()
    {
        ["apiVersion"] = "apiextensions.k8s.io/v1",
        ["kind"] = "CustomResourceDefinition",
        ["metadata"] = new JsonObject
        {
            ["name"] = $"{kind.Plural}.{ApiGroup.Name}",
            // Taking a definition away deletes every object of its kind: `helm uninstall` shall not take anybody's results.
            ["annotations"] = new JsonObject { ["helm.sh/resource-policy"] = "keep" },
        },
        ["spec"] = new JsonObject
        {
            ["group"] = ApiGroup.Name,
            ["names"] = new JsonObject
            {
                ["kind"] = kind.Kind,
                ["listKind"] = kind.Kind + "List",
                ["plural"] = kind.Plural,
                ["singular"] = kind.Kind.ToLowerInvariant(),
                ["shortNames"] = new JsonArray(kind.ShortName),
                ["categories"] = new JsonArray("latlab"),
            },
            ["scope"] = kind.Namespaced ? "Namespaced" : "Cluster",
            ["versions"] = new JsonArray(Version(kind, schemas)),
        },
    };

    private static JsonObject Version(ResourceDefinition kind, StructuralSchema schemas) => new()
    {
        ["name"] = ApiGroup.Version,
        ["served"] = true,
        ["storage"] = true,
        ["subresources"] = new JsonObject { ["status"] = new JsonObject() },
        ["additionalPrinterColumns"] = new JsonArray([.. kind.Columns.Select(Column)]),
        ["schema"] = new JsonObject
        {
            ["openAPIV3Schema"] = new JsonObject
            {
                ["description"] = kind.Description,
                ["type"] = "object",
                ["required"] = new JsonArray("spec"),
                ["properties"] = new JsonObject
                {
                    ["apiVersion"] = Text(
                        $"Version of the schema of this object: {ApiGroup.Name}/{ApiGroup.Version}. See {MetaReference}#resources"),
                    ["kind"] = Text($"Kind of this object: {kind.Kind}. See {MetaReference}#types-kinds"),
                    ["metadata"] = new JsonObject
                    {
                        ["type"] = "object",
                        ["properties"] = new JsonObject
                        {
                            ["name"] = new JsonObject { ["type"] = "string", ["maxLength"] = kind.MaxNameLength },
                        },
                    },
                    ["spec"] = schemas.Of(kind.SpecType),
                    ["status"] = schemas.Of(kind.StatusType),
                },
            },
        },
    };

    private static JsonNode Column(PrinterColumn column)
    {
        var node = new JsonObject { ["name"] = column.Name, ["type"] = column.Type, ["jsonPath"] = column.JsonPath };
        if (column.Priority > 0)
        {
            node["priority"] = column.Priority;
        }

        return node;
    }

    private static JsonObject Text(string description) => new() { ["description"] = description, ["type"] = "string" };
}
