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
    public void Results_of_one_name_are_told_apart_by_the_folders_in_which_their_paths_differ()
    {
        var folder = Directory.CreateTempSubdirectory("latlab-names-");
        try
        {
            string Folder(string setup) => folder.CreateSubdirectory(Path.Combine(setup, "rate-1")).FullName;
            string[] paths = [Folder("bare-metal"), Folder("vm")];
            foreach (var path in paths)
            {
                using var stream = File.Create(Path.Combine(path, ResultFiles.FileName));
                AnalysisResultFile.Write(stream, SmallResults.Of("rate-1", 1_000, 10));
            }

            Assert.Equal(["rate-1 (bare-metal)", "rate-1 (vm)"], ResultFiles.ReadAll(paths).Select(result => result.Name));
            Assert.Equal(["rate-1", "rate-1"], ResultFiles.ReadAll([paths[0], paths[0]]).Select(result => result.Name));
        }
        finally
        {
            folder.Delete(recursive: true);
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
