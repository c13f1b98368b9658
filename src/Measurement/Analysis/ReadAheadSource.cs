using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Analysis;

/// <summary>Reads a source on a thread of its own, a bounded number of batches ahead.</summary>
public sealed class ReadAheadSource : IRecordSource
{
    private const int Batches = 8;

    private readonly IRecordSource _source;
    private readonly IColumnSource _columns;
    private readonly bool _fills;
    private readonly BlockingCollection<Batch> _filled = [];
    private readonly BlockingCollection<Batch> _empty = [];
    private readonly Thread _thread;
    private readonly PacketColumns _none = new();
    private Batch? _current;
    private int _next;

    /// <summary>What <see cref="Read"/> has not handed on yet.</summary>
    private PacketColumns _rows = new();
    private int _taken;

    /// <summary>Starts reading.</summary>
    /// <param name="source">What to read; owned, and not to be touched from now on.</param>
    /// <param name="atOnce">Hand on at once what there is; else some thousand packets together, as a hand-over costs as much as reading
    /// many of them.</param>
    public ReadAheadSource(IRecordSource source, bool atOnce = false)
    {
        _source = source;
        _columns = ColumnSource.Of(source);
        _fills = !atOnce;
        for (var i = 0; i < Batches; i++)
        {
            _empty.Add(new Batch());
        }

        _thread = new Thread(ReadAll) { IsBackground = true, Name = "read-ahead" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public CaptureFacts Facts => _source.Facts;

    /// <inheritdoc/>
    public int Read(Span<PacketRecord> records)
    {
        if (_taken == _rows.Count)
        {
            (_rows, _taken) = (Next(), 0);
        }

        var packets = _rows.Packets.Slice(_taken, Math.Min(records.Length, _rows.Count - _taken));
        packets.CopyTo(records);
        _taken += packets.Count;
        return packets.Count;
    }

    /// <summary>The next packets where they lie, the caller's until the next call; none at the end.</summary>
    internal PacketColumns Next()
    {
        if (_current is not null && _next == _current.Count)
        {
            _current.Failure?.Throw();
            _empty.Add(_current);
            _current = null;
        }

        if (_current is null)
        {
            if (!_filled.TryTake(out _current, Timeout.Infinite))
            {
                return _none;
            }

            _next = 0;
        }

        if (_current.Count == 0)
        {
            _current.Failure!.Throw();
        }

        return _current.Columns[_next++];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _empty.CompleteAdding();
        _thread.Join();
        _source.Dispose();
    }

    private void ReadAll()
    {
        while (_empty.TryTake(out var batch, Timeout.Infinite))
        {
            var ended = Fill(batch);
            if (batch.Count > 0 || batch.Failure is not null)
            {
                _filled.Add(batch);
            }

            if (ended)
            {
                break;
            }
        }

        _filled.CompleteAdding();
    }

    /// <summary>True when nothing follows.</summary>
    private bool Fill(Batch batch)
    {
        batch.Count = 0;
        try
        {
            do
            {
                var columns = batch.Columns[batch.Count];
                _columns.Read(columns);
                if (columns.Count == 0)
                {
                    return true;
                }

                batch.Count++;
            }
            while (_fills && batch.Count < batch.Columns.Length);

            return false;
        }
        catch (Exception exception)
        {
            // Of whatever kind: it is thrown again where the records are wanted, after those that came before it.
            batch.Failure = ExceptionDispatchInfo.Capture(exception);
            return true;
        }
    }

    private sealed class Batch
    {
        public PacketColumns[] Columns { get; } = [.. Enumerable.Range(0, 16).Select(_ => new PacketColumns())];

        /// <summary>How many of them are filled.</summary>
        public int Count { get; set; }

        public ExceptionDispatchInfo? Failure { get; set; }
    }
}
