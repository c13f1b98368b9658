using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Analysis;

/// <summary>Reads a source on a thread of its own, a bounded number of batches ahead.</summary>
public sealed class ReadAheadSource : IRecordSource
{
    private const int Batches = 16;

    private readonly IRecordSource _source;
    private readonly Channel<Batch> _filled = Channel.CreateUnbounded<Batch>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly Channel<Batch> _empty = Channel.CreateUnbounded<Batch>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly Thread _thread;
    private Batch? _current;
    private int _taken;

    /// <summary>Starts reading.</summary>
    /// <param name="source">What to read; owned, and not to be touched from now on.</param>
    public ReadAheadSource(IRecordSource source)
    {
        _source = source;
        for (var i = 0; i < Batches; i++)
        {
            _empty.Writer.TryWrite(new Batch());
        }

        _thread = new Thread(ReadAll) { IsBackground = true, Name = "read-ahead" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public CaptureFacts Facts => _source.Facts;

    /// <inheritdoc/>
    public int Read(Span<PacketRecord> records)
    {
        if (_current is null && !TryTake())
        {
            return 0;
        }

        var rest = _current!.Records.AsSpan(_taken, _current.Count - _taken);
        var count = Math.Min(rest.Length, records.Length);
        rest[..count].CopyTo(records);
        _taken += count;
        if (_taken == _current.Count)
        {
            _empty.Writer.TryWrite(_current);
            _current = null;
        }

        return count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _empty.Writer.TryComplete();
        _thread.Join();
        _source.Dispose();
    }

    private bool TryTake()
    {
        if (!Wait(_filled.Reader))
        {
            return false;
        }

        _filled.Reader.TryRead(out _current);
        _taken = 0;
        _current!.Failure?.Throw();
        return true;
    }

    private void ReadAll()
    {
        while (Wait(_empty.Reader) && _empty.Reader.TryRead(out var batch))
        {
            try
            {
                batch.Count = _source.Read(batch.Records);
                if (batch.Count == 0)
                {
                    break;
                }
            }
            catch (Exception exception)
            {
                // Of whatever kind: it is thrown again where the records are wanted.
                batch.Failure = ExceptionDispatchInfo.Capture(exception);
                _filled.Writer.TryWrite(batch);
                break;
            }

            _filled.Writer.TryWrite(batch);
        }

        _filled.Writer.TryComplete();
    }

    private static bool Wait(ChannelReader<Batch> reader)
    {
        var waiting = reader.WaitToReadAsync();
        return waiting.IsCompletedSuccessfully ? waiting.Result : waiting.AsTask().GetAwaiter().GetResult();
    }

    private sealed class Batch
    {
        public PacketRecord[] Records { get; } = new PacketRecord[4 * FrameBatch.Capacity];

        public int Count { get; set; }

        public ExceptionDispatchInfo? Failure { get; set; }
    }
}
