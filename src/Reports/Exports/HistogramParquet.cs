using Latlab.Measurement.Captures;
using Latlab.Measurement.Results;
using Parquet;
using Parquet.Schema;

namespace Latlab.Reports.Exports;

/// <summary>Writes a result's histogram as Parquet: columns <c>latency_ns</c> and <c>count</c>.</summary>
public static class HistogramParquet
{
    /// <summary>Writes a file.</summary>
    /// <exception cref="InvalidDataException">The result has no histogram.</exception>
    public static async Task ExportAsync(AnalysisResult result, string path)
    {
        var histogram = result.HistogramNs ?? throw new InvalidDataException($"{result.Name}: it has no histogram, so nothing to export");
        var (latency, count) = (new DataField<long>("latency_ns"), new DataField<long>("count"));
        using var file = new AtomicFile(path);
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(latency, count), file.Stream).ConfigureAwait(false))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<long>(latency, histogram.Values.ToArray()).ConfigureAwait(false);
            await group.WriteAsync<long>(count, histogram.Counts.ToArray()).ConfigureAwait(false);
        }

        file.Complete();
    }
}
