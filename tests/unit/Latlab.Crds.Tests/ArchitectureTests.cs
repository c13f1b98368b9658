using System.Xml.Linq;

namespace Latlab.Crds.Tests;

/// <summary>Which project may know which (design: Crds and Measurement stand alone; Operator, NodeAgent and Cli never meet).</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Crds"] = [],
        ["Measurement"] = [],
        ["Reports"] = ["Measurement"],
        ["Operator"] = ["Crds", "Measurement", "Reports"],
        ["NodeAgent"] = ["Crds", "Measurement"],
        ["Cli"] = ["Crds", "Measurement", "Reports"],
    };

    public static TheoryData<string> Projects => [.. Directory.EnumerateDirectories(Repository.PathOf("src")).Select(d => Path.GetFileName(d)!)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_those_that_it_may(string project)
    {
        var file = XDocument.Load(Repository.PathOf("src", project, $"{project}.csproj"));
        var references = file.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));
        Assert.Subset(Allowed[project].ToHashSet(), references.ToHashSet());
    }

    [Theory]
    [InlineData("Crds")]
    [InlineData("Measurement")]
    [InlineData("Reports")]
    public void A_library_knows_no_Kubernetes_client(string project)
    {
        var packages = XDocument.Load(Repository.PathOf("src", project, $"{project}.csproj")).Descendants("PackageReference").Select(p => (string)p.Attribute("Include")!);
        Assert.DoesNotContain(packages, p => p.StartsWith("KubernetesClient", StringComparison.Ordinal));
    }
}
