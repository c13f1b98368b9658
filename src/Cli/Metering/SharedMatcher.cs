using System.Runtime.ExceptionServices;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;

namespace Latlab.Cli.Metering;

/// <summary>
/// A matcher that two capture threads feed. Matching has a thread of its own: what a capture thread does beside reading, the kernel's ring
/// has to hold meanwhile, and a thread that waited for the other's matching would lose packets that the machine had time for.
/// </summary>
internal sealed class SharedMatcher<T> : IDisposable
    where T : ITapSink
{
    private readonly int _longestLead;
    private readonly int _longestQueue;
    private readonly T _matcher;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private readonly Queue<Batch> _ingress = new();
    private readonly Queue<Batch> _egress = new();
    private readonly Stack<Batch> _free = new();
    private ExceptionDispatchInfo? _failure;
    private bool _abandoned;
    private bool _complete;

    /// <param name="matcher">What to feed.</param>
    /// <param name="longestLead">
    /// Lead that one tap may have in the matcher, in packets: 24 MB. What comes beyond it waits in the tap's queue, which has room for a batch for
    /// each 1024 of them: 13 MB. Beyond that the tap's thread waits, the kernel's ring fills, and the kernel counts what it drops.
    /// </param>
    public SharedMatcher(T matcher, int longestLead = 1 << 20)
    {
        (_longestLead, _longestQueue) = (longestLead, longestLead / 1024);
        _matcher = matcher;
        _thread = new Thread(Match) { IsBackground = true, Name = "match" };
        _thread.Start();
    }

    /// <summary>Adds what a tap saw next, and waits while too much of it is not matched yet.</summary>
    public void Add(Tap tap, ReadOnlySpan<PacketRecord> records)
    {
        while (!records.IsEmpty)
        {
            var batch = Rent(tap);
            batch.Count = Math.Min(records.Length, FrameBatch.Capacity);
            records[..batch.Count].CopyTo(batch.Records);
            records = records[batch.Count..];
            Queue(tap, batch);
        }
    }

    /// <summary>The tap has nothing more from before <paramref name="timeNs"/>.</summary>
    public void Advance(Tap tap, long timeNs)
    {
        var batch = Rent(tap);
        (batch.Count, batch.CompleteUntilNs) = (0, timeNs);
        Queue(tap, batch);
    }

    /// <summary>Nobody waits for anybody any more: a tap failed.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _abandoned = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Ends it, when neither tap adds any more.</summary>
    public TResult Finish<TResult>(Func<T, TResult> finish)
    {
        Dispose();
        _failure?.Throw();
        return finish(_matcher);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _complete = true;
            Monitor.PulseAll(_gate);
        }

        _thread.Join();
    }

    private Batch Rent(Tap tap)
    {
        lock (_gate)
        {
            while (QueueOf(tap).Count >= _longestQueue && !_abandoned && _failure is null)
            {
                Monitor.Wait(_gate);
            }

            _failure?.Throw();
            return _free.Count > 0 ? _free.Pop() : new Batch();
        }
    }

    private void Queue(Tap tap, Batch batch)
    {
        lock (_gate)
        {
            QueueOf(tap).Enqueue(batch);
            Monitor.PulseAll(_gate);
        }
    }

    private Queue<Batch> QueueOf(Tap tap) => tap == Tap.Ingress ? _ingress : _egress;

    private void Match()
    {
        try
        {
            for (var done = default(Batch); Next(done) is var (tap, batch); done = batch)
            {
                if (batch.Count > 0)
                {
                    _matcher.Add(tap, batch.Records.AsSpan(0, batch.Count));
                }
                else
                {
                    _matcher.Advance(tap, batch.CompleteUntilNs);
                }
            }
        }
        catch (Exception exception)
        {
            // Of whatever kind: it is thrown again where records come and where the result is wanted.
            lock (_gate)
            {
                _failure = ExceptionDispatchInfo.Capture(exception);
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>What to match next, the tap that is behind first; null at the end.</summary>
    private (Tap Tap, Batch Batch)? Next(Batch? done)
    {
        lock (_gate)
        {
            if (done is not null)
            {
                _free.Push(done);
                Monitor.PulseAll(_gate);
            }

            var behind = _matcher.Waiting(Tap.Egress) < _matcher.Waiting(Tap.Ingress) ? Tap.Egress : Tap.Ingress;
            var ahead = behind == Tap.Egress ? Tap.Ingress : Tap.Egress;
            while (true)
            {
                if (QueueOf(behind).TryDequeue(out var batch))
                {
                    return (behind, batch);
                }

                if ((_matcher.Waiting(ahead) <= _longestLead || _abandoned || _complete) && QueueOf(ahead).TryDequeue(out batch))
                {
                    return (ahead, batch);
                }

                if (_complete)
                {
                    return null;
                }

                Monitor.Wait(_gate);
            }
        }
    }

    private sealed class Batch
    {
        public PacketRecord[] Records { get; } = new PacketRecord[FrameBatch.Capacity];

        /// <summary>Records; 0 for a batch that says only how complete the tap is.</summary>
        public int Count { get; set; }

        public long CompleteUntilNs { get; set; }
    }
}
