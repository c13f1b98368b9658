using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;
using Parquet;
using Parquet.Schema;

namespace Latlab.Reports.Exports;

/// <summary>
/// Writes what became of every packet as Parquet, in sending order: columns <c>sent_ns</c>, <c>latency_ns</c> (null unless it is matched or
/// negative: a 0 would be counted as the lowest latency), <c>flow</c> and <c>fate</c> (0 matched, 1 lost, 2 undecided, 3 duplicated before,
/// 4 recurred, 5 negative, 6 implausible). Metadata <c>partial</c> is <c>true</c> where the analysis was interrupted, else <c>false</c>.
/// Memory is one row group's.
/// </summary>
public sealed class PacketParquetWriter : IMatchObserver, IDisposable
{
    private const int RowGroup = 1 << 20;

    private static readonly DataField<long> Sent = new("sent_ns");
    private static readonly DataField<long?> Latency = new("latency_ns");
    private static readonly DataField<int> Flow = new("flow");
    private static readonly DataField<int> FateField = new("fate");

    private readonly AtomicFile _file;
    private readonly ParquetWriter _writer;
    private readonly long[] _sentNs = new long[RowGroup];
    private readonly long?[] _latencyNs = new long?[RowGroup];
    private readonly int[] _flows = new int[RowGroup];
    private readonly int[] _fates = new int[RowGroup];
    private int _count;

    /// <summary>Starts a file, which has its name once it is complete.</summary>
    /// <exception cref="IOException">It cannot be created.</exception>
    public PacketParquetWriter(string path)
    {
        _file = new AtomicFile(path);
        _writer = ParquetWriter.CreateAsync(new ParquetSchema(Sent, Latency, Flow, FateField), _file.Stream).GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void OnSettled(ReadOnlySpan<SettledPacket> packets)
    {
        foreach (ref readonly var packet in packets)
        {
            _sentNs[_count] = packet.SentNs;
            _latencyNs[_count] = packet.Fate is Fate.Matched or Fate.Negative ? packet.LatencyNs : null;
            _flows[_count] = packet.Flow;
            _fates[_count++] = (int)packet.Fate;
            if (_count == RowGroup)
            {
                WriteGroup();
            }
        }
    }

    /// <inheritdoc/>
    public void OnArrived(ReadOnlySpan<ArrivedPacket> packets)
    {
    }

    /// <summary>Writes the rest and gives the file its name, or leaves it that of a part where the analysis was interrupted.</summary>
    /// <returns>The name.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public string Complete(bool partial = false)
    {
        WriteGroup();
        _writer.CustomMetadata = new Dictionary<string, string> { ["partial"] = partial ? "true" : "false" };
        _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return _file.Complete(partial);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void WriteGroup()
    {
        if (_count > 0)
        {
            WriteGroupAsync().GetAwaiter().GetResult();
            _count = 0;
        }
    }

    private async Task WriteGroupAsync()
    {
        using var group = _writer.CreateRowGroup();
        await group.WriteAsync<long>(Sent, _sentNs.AsMemory(0, _count)).ConfigureAwait(false);
        await group.WriteAsync<long>(Latency, _latencyNs.AsMemory(0, _count)).ConfigureAwait(false);
        await group.WriteAsync<int>(Flow, _flows.AsMemory(0, _count)).ConfigureAwait(false);
        await group.WriteAsync<int>(FateField, _fates.AsMemory(0, _count)).ConfigureAwait(false);
    }
}
