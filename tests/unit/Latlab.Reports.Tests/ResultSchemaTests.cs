using System.Text.Json;
using Json.Schema;
using Latlab.Measurement.Results;
using Latlab.Reports.Tests.Html;

namespace Latlab.Reports.Tests;

/// <summary>Results are as docs/reference/analysis-result.schema.json says.</summary>
public sealed class ResultSchemaTests
{
    private static readonly string Committed = ReadCommitted();

    [Fact]
    public void The_committed_schema_is_the_one_of_the_code() => Assert.Equal(AnalysisResultFile.Schema(), Committed.TrimEnd());

    [Fact]
    public void Results_with_loss_weak_percentiles_a_reverse_or_from_others_fit_it()
    {
        var schema = JsonSchema.FromText(Committed);
        AnalysisResult[] results =
        [
            SampleResults.VirtualMachine, SampleResults.BareMetal with { Reverse = SampleResults.VirtualMachine }, SampleResults.Imported,
            SmallResults.Of("weak", 1_000, 3), Infinite(),
        ];
        foreach (var result in results)
        {
            Assert.True(schema.Evaluate(Json(result)).IsValid, result.Name);
        }
    }

    [Theory]
    [InlineData("schemaVersion")]
    [InlineData("madeBy")]
    [InlineData("counters")]
    public void What_every_result_has_is_required(string name)
    {
        var json = System.Text.Json.Nodes.JsonNode.Parse(Json(SampleResults.Imported).GetRawText())!.AsObject();
        json.Remove(name);
        Assert.False(JsonSchema.FromText(Committed).Evaluate(JsonSerializer.SerializeToElement(json)).IsValid);
    }

    /// <summary>The rank falls among lost packets: no value, no bounds.</summary>
    private static AnalysisResult Infinite()
    {
        var result = SmallResults.Of("infinite", 1_000, 100);
        return result with { LatencyNs = result.LatencyNs! with { PercentilesWithLoss = [new PercentileValue(99.9, null, null, null, null)] } };
    }

    private static JsonElement Json(AnalysisResult result)
    {
        using var stream = new MemoryStream();
        AnalysisResultFile.Write(stream, result);
        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }

    private static string ReadCommitted()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "latlab.slnx")))
        {
            folder = folder.Parent;
        }

        return File.ReadAllText(Path.Combine(folder.FullName, "docs", "reference", "analysis-result.schema.json"));
    }
}
