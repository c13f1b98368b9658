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
    private readonly bool _fills;
    private readonly BlockingCollection<Batch> _filled = [];
    private readonly BlockingCollection<Batch> _empty = [];
    private readonly Thread _thread;
    private Batch? _current;
    private int _taken;

    /// <summary>Starts reading.</summary>
    /// <param name="source">What to read; owned, and not to be touched from now on.</param>
    /// <param name="atOnce">Hand on at once what there is; else some thousand packets together, as a hand-over costs as much as reading many of them.</param>
    public ReadAheadSource(IRecordSource source, bool atOnce = false)
    {
        _source = source;
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
        var next = Next(records.Length);
        next.Span.CopyTo(records);
        return next.Length;
    }

    /// <summary>As <see cref="Read"/>, where they lie: at most <paramref name="most"/>, the caller's until the next call.</summary>
    internal Memory<PacketRecord> Next(int most)
    {
        if (_current is not null && _taken == _current.Count)
        {
            _current.Failure?.Throw();
            _empty.Add(_current);
            _current = null;
        }

        if (_current is null)
        {
            if (!_filled.TryTake(out _current, Timeout.Infinite))
            {
                return default;
            }

            _taken = 0;
        }

        if (_current.Count == 0)
        {
            _current.Failure!.Throw();
        }

        var records = _current.Records.AsMemory(_taken, Math.Min(most, _current.Count - _taken));
        _taken += records.Length;
        return records;
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
                var count = _source.Read(batch.Records.AsSpan(batch.Count));
                if (count == 0)
                {
                    return true;
                }

                batch.Count += count;
            }
            while (_fills && batch.Records.Length - batch.Count >= FrameBatch.Capacity);

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
        public PacketRecord[] Records { get; } = new PacketRecord[16 * FrameBatch.Capacity];

        public int Count { get; set; }

        public ExceptionDispatchInfo? Failure { get; set; }
    }
}
