using Latlab.Reports.Importing;

namespace Latlab.Reports.Tests.Importing;

public sealed class TumCsvImporterTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latlab-tum-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("r.hist.csv", "latency_bucket,count\n4200,1\n4300,x\n", "line 3", "\"x\" is no whole number")]
    [InlineData("r.hist.csv", "latency_bucket,count\n4200\n", "line 2", "1 fields")]
    [InlineData("r.stats.csv", "a,b\n1,2\n", "line 1", "pre_received_trimmed")]
    [InlineData("r.stats.csv", "pre_received,post_received,pre_received_trimmed,post_received_trimmed\n", "line 2", "interrupted")]
    [InlineData("r.hist.csv.zst", "no zstd at all", "r.hist.csv.zst", "damaged")]
    public void A_damaged_file_is_named_with_its_line(string file, string text, string where, string what)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, file), text);
        var message = Assert.Throws<InvalidDataException>(() => TumCsvImporter.Import(_folder.FullName)).Message;
        Assert.Contains(file, message, StringComparison.Ordinal);
        Assert.Contains(where, message, StringComparison.Ordinal);
        Assert.Contains(what, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_such_files_is_an_error_that_says_what_is_wanted() => Assert.Contains(
        "percentiles.csv", Assert.Throws<InvalidDataException>(() => TumCsvImporter.Import(_folder.FullName)).Message, StringComparison.Ordinal);
}
