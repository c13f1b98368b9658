using Latlab.Crds.Schema;

namespace Latlab.Crds.Tests.Schema;

public sealed class GeneratedFilesTests
{
    private static readonly XmlDocumentation Documentation = XmlDocumentation.OfApi();
    private static readonly IReadOnlyDictionary<string, string> Expected = GeneratedFiles.Definitions(Documentation);

    [Theory]
    [InlineData("config/crd")]
    [InlineData("charts/latlab/files/crds")]
    public void Definitions_in_the_repository_are_up_to_date(string directory)
    {
        var stale = GeneratedFiles.Stale(Repository.PathOf(directory), Expected);
        Assert.True(stale.Count == 0, $"{directory}: {string.Join(", ", stale)} stale; run: {GeneratedFiles.Command}");
    }

    [Fact]
    public void The_reference_in_the_repository_is_up_to_date() => Assert.True(
        File.ReadAllText(Repository.PathOf("docs", "reference", "api.md")) == new ApiReference(Documentation).Write(),
        $"docs/reference/api.md is stale; run: {GeneratedFiles.Command}");

    [Fact]
    public void Changed_missing_and_superfluous_files_are_stale_and_others_are_not()
    {
        var directory = Directory.CreateTempSubdirectory("latlab-crds-");
        try
        {
            File.WriteAllText(Path.Combine(directory.FullName, "latlab.dev_same.yaml"), "a");
            File.WriteAllText(Path.Combine(directory.FullName, "latlab.dev_changed.yaml"), "b");
            File.WriteAllText(Path.Combine(directory.FullName, "latlab.dev_gone.yaml"), "c");
            File.WriteAllText(Path.Combine(directory.FullName, "kustomization.yaml"), "d");

            var stale = GeneratedFiles.Stale(directory.FullName, new Dictionary<string, string>
            {
                ["latlab.dev_same.yaml"] = "a",
                ["latlab.dev_changed.yaml"] = "B",
                ["latlab.dev_missing.yaml"] = "e",
            });

            Assert.Equal(["latlab.dev_changed.yaml", "latlab.dev_gone.yaml", "latlab.dev_missing.yaml"], stale);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public void Every_definition_has_what_kubectl_and_helm_need()
    {
        Assert.Equal(4, Expected.Count);
        foreach (var definition in Expected.Values.Select(yaml => Repository.Documents(yaml).Single()))
        {
            var version = definition["spec"]!["versions"]![0]!;
            var schema = version["schema"]!["openAPIV3Schema"]!;
            Assert.Equal("keep", (string?)definition["metadata"]!["annotations"]!["helm.sh/resource-policy"]);
            Assert.Equal("latlab", (string?)definition["spec"]!["names"]!["categories"]![0]);
            Assert.NotNull(version["subresources"]!["status"]);
            Assert.Equal("""["spec"]""", schema["required"]!.ToJsonString());
            Assert.Equal("Age", (string?)version["additionalPrinterColumns"]!.AsArray()[^1]!["name"]);
            Assert.NotNull(schema["properties"]!["status"]!["properties"]!["conditions"]);
        }
    }

    [Fact]
    public void A_printer_column_points_to_a_field_of_the_schema() => Assert.All(ApiResources.All, kind => Assert.All(
        kind.Columns.Where(c => !c.JsonPath.StartsWith(".metadata", StringComparison.Ordinal)),
        column =>
        {
            var schema = Repository.Documents(Expected[$"latlab.dev_{kind.Plural}.yaml"])
                .Single()["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!;
            var path = System.Text.RegularExpressions.Regex.Replace(column.JsonPath, @"\[.*\]", "");
            foreach (var step in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
            {
                schema = (schema["items"] ?? schema)["properties"]?[step];
                Assert.True(schema is not null, $"{kind.Kind}: {column.Name}: {column.JsonPath} has no field {step}");
            }
        }));
}
