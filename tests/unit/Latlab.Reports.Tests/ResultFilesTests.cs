using Latlab.Measurement.Results;

namespace Latlab.Reports.Tests;

public sealed class ResultFilesTests
{
    [Fact]
    public void A_file_that_is_no_result_is_named_with_the_remedy()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "{\"schemaVersion\":99,\"madeBy\":\"x\",\"counters\":{\"before\":1,\"after\":1,\"matched\":1,\"lost\":0}}");
            var exception = Assert.Throws<InvalidDataException>(() => ResultFiles.Read(file));
            Assert.Contains(file, exception.Message, StringComparison.Ordinal);
            Assert.Contains("schemaVersion 99", exception.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void What_is_null_is_absent_and_comes_back_as_null()
    {
        using var stream = new MemoryStream();
        var result = new AnalysisResult
        {
            MadeBy = "test",
            Counters = new Counters { Before = 2, After = 1, Matched = 1, Lost = 1 },
        };
        AnalysisResultFile.Write(stream, result);
        Assert.DoesNotContain("negative", System.Text.Encoding.UTF8.GetString(stream.ToArray()), StringComparison.Ordinal);
        stream.Position = 0;
        Assert.Equal(result.Counters, AnalysisResultFile.Read(stream).Counters);
    }
}
