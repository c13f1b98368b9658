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

    /// <summary>The names that the evaluator gives the files of one measurement are not alike.</summary>
    [Fact]
    public void Files_of_one_measurement_are_put_together_by_the_names_that_the_evaluator_gives_them()
    {
        foreach (var rate in new[] { 10, 20 })
        {
            Write($"latencies-pre-rate{rate}.pcap.zst.bucket_size50.trim_ms0.hist.csv", "latency_bucket,count\n4250,3\n");
            Write($"latencies-pre-rate{rate}.pcap.zst.bucket_size50.trim_ms0.jitterpre.csv", "bucket,count\n900,2\n");
            Write($"latencies-pre-rate{rate}.pcap.zst.trim_ms0.num_worst5000.worst.csv", "latency,prets,postts,encode\n4251,1,4252,\n");
            Write($"latencies-pre-rate{rate}.pcap.zst.trim_ms0.transferrate.csv", "pre_received,post_received,transferrate,pre_pkts_per_second,post_pkts_per_second\n4,3,0.75,4,3\n");
        }

        var read = new List<(int, int)>();
        var results = TumCsvImporter.Import(_folder.FullName, (count, all) => read.Add((count, all)));
        Assert.Equal([(1, 2), (2, 2)], read);
        Assert.Equal(2, results.Count);
        Assert.All(results, result =>
        {
            Assert.Equal((4, 3, 1), (result.Counters.Before, result.Counters.After, result.Counters.Lost));
            Assert.Equal((50, 50), (result.HistogramNs!.BucketNs, result.Variation!.GapHistogramBefore!.BucketNs));
            Assert.Equal(4_251, Assert.Single(result.Worst).LatencyNs);
        });
        Write("latencies-pre-rate10.pcap.zst.bucket_size100.trim_ms0.hist.csv", "latency_bucket,count\n4200,3\n");
        Assert.Contains("take one of them away", Assert.Throws<InvalidDataException>(() => TumCsvImporter.Import(_folder.FullName)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_such_files_is_an_error_that_says_what_is_wanted() => Assert.Contains(
        "percentiles.csv", Assert.Throws<InvalidDataException>(() => TumCsvImporter.Import(_folder.FullName)).Message, StringComparison.Ordinal);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder.FullName, name), text);
}
