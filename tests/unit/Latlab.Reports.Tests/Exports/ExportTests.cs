using HdrHistogram;
using Latlab.Measurement.Matching;
using Latlab.Reports.Exports;
using Parquet;

namespace Latlab.Reports.Tests.Exports;

public sealed class ExportTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latlab-export-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Hgrm_rises_to_the_maximum_and_counts_all()
    {
        var path = Path.Combine(_folder.FullName, "r.hgrm");
        HgrmExporter.Export(SmallResults.Of("r", 1_000, 5_000), path);
        var rows = File.ReadAllLines(path).Skip(2).Where(line => !line.StartsWith('#'))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(field => double.Parse(field, System.Globalization.CultureInfo.InvariantCulture)).ToArray())
            .ToList();
        Assert.Equal(rows.OrderBy(row => row[0]).Select(row => row[0]), rows.Select(row => row[0]));
        Assert.Equal((5_999, 1, 5_000), (rows[^1][0], rows[^1][1], rows[^1][2]));
        var median = rows.First(row => row[1] >= 0.5);
        Assert.InRange(median[0], 3_499, 3_501);
    }

    [Fact]
    public void Hlog_has_all_latencies_as_its_own_reader_sees_them()
    {
        var path = Path.Combine(_folder.FullName, "r.hlog");
        HdrLogExporter.Export(SmallResults.Of("r", 1_000, 5_000), path);
        Assert.StartsWith("#[Histogram log format version 1.3]", File.ReadAllText(path, System.Text.Encoding.ASCII), StringComparison.Ordinal);
        using var file = File.OpenRead(path);
        var histogram = Assert.Single(new HistogramLogReader(file).ReadHistograms());
        Assert.Equal(5_000, histogram.TotalCount);
        Assert.Equal(5_999, histogram.GetMaxValue());
        Assert.Equal(3_499, histogram.GetValueAtPercentile(50));
    }

    [Fact]
    public async Task Parquet_has_every_packet_in_sending_order()
    {
        var path = Path.Combine(_folder.FullName, "r.parquet");
        // Every fate, and latencies that are 0: only those of matched packets are latencies.
        var packets = Enumerable.Range(0, 1_200_000)
            .Select(i => (Number: i, Fate: (Fate)(i % 7)))
            .Select(packet => new SettledPacket(
                packet.Number * 10L,
                packet.Fate switch { Fate.Matched => packet.Number % 1_000, Fate.Negative => -packet.Number, _ => 0 },
                packet.Number,
                (ushort)(packet.Number % 3),
                60,
                packet.Fate))
            .ToArray();
        using (var writer = new PacketParquetWriter(path))
        {
            writer.OnSettled(packets.AsSpan(0, 100));
            writer.OnSettled(packets.AsSpan(100));
            Assert.False(File.Exists(path));
            writer.Complete();
        }

        await using var reader = await ParquetReader.CreateAsync(path, cancellationToken: TestContext.Current.CancellationToken);
        var latency = reader.Schema.GetDataFields().Single(field => field.Name == "latency_ns");
        var read = new List<long?>();
        for (var i = 0; i < reader.RowGroupCount; i++)
        {
            using var group = reader.OpenRowGroupReader(i);
            var values = new long?[group.RowCount];
            await group.ReadAsync<long>(latency, values.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
            read.AddRange(values);
        }

        Assert.Equal(packets.Select(packet => packet.Fate is Fate.Matched or Fate.Negative ? packet.LatencyNs : (long?)null), read);
    }

    /// <summary>A list of a part never has the name of one of all, and says so in itself, too.</summary>
    [Theory]
    [InlineData(false, "r.parquet", "false")]
    [InlineData(true, "r.parquet.partial", "true")]
    public async Task Parquet_of_an_interrupted_analysis_is_marked(bool partial, string name, string mark)
    {
        string written;
        using (var writer = new PacketParquetWriter(Path.Combine(_folder.FullName, "r.parquet")))
        {
            writer.OnSettled([new SettledPacket(1, 2, 0, 0, 60, Fate.Matched)]);
            written = writer.Complete(partial);
        }

        Assert.Equal([name], _folder.EnumerateFiles().Select(file => file.Name));
        Assert.Equal(name, Path.GetFileName(written));
        await using var reader = await ParquetReader.CreateAsync(written, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(mark, reader.CustomMetadata["partial"]);
        Assert.Equal(1, reader.RowGroupCount);
    }

    [Fact]
    public void Pgfplots_tables_are_there_for_the_document()
    {
        PgfplotsExporter.Export(SmallResults.Of("r\n\\evil", 1_000, 5_000), _folder.FullName);
        Assert.Equal(5_001, File.ReadAllLines(Path.Combine(_folder.FullName, "histogram.dat")).Length);
        Assert.DoesNotContain(File.ReadAllLines(Path.Combine(_folder.FullName, "plots.tex")), line => line.StartsWith("\\evil", StringComparison.Ordinal));
    }

    [Fact]
    public void Percentiles_of_tum_csv_have_no_digits_that_a_double_made_up()
    {
        TumCsvExporter.Export(SmallResults.Of("r", 1_000, 5_000), _folder.FullName, "r");
        var shares = File.ReadLines(Path.Combine(_folder.FullName, "r.percentiles.csv")).Skip(1).Select(line => line.Split(',')[0]).ToList();
        Assert.Superset(new HashSet<string>(["0.05", "0.5", "0.9", "0.99", "0.999"]), shares.ToHashSet());
    }

    [Fact]
    public void A_set_of_files_that_cannot_be_written_leaves_the_old_one()
    {
        TumCsvExporter.Export(SmallResults.Of("r", 1_000, 5_000), _folder.FullName, "r");
        var before = _folder.EnumerateFiles().ToDictionary(file => file.Name, file => File.ReadAllText(file.FullName));
        // The last but one of the set cannot be created.
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "r.worst.csv.partial"));
        Assert.ThrowsAny<Exception>(() => TumCsvExporter.Export(SmallResults.Of("r", 2_000, 9_000), _folder.FullName, "r"));
        Assert.Equal(before, _folder.EnumerateFiles().ToDictionary(file => file.Name, file => File.ReadAllText(file.FullName)));
    }

    [Fact]
    public void What_fails_leaves_no_file_behind()
    {
        var path = Path.Combine(_folder.FullName, "r.parquet");
        new PacketParquetWriter(path).Dispose();
        Assert.Empty(_folder.EnumerateFiles());
    }
}
