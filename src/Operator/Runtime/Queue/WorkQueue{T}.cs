using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Latlab.Operator.Runtime;

/// <summary>
/// Items that wait to be worked on, each at most once, however often it is added; an item that is being worked on is not given out again
/// before <see cref="Done"/>, and if added meanwhile, once more after it. (The contract of client-go's workqueue.) Thread-safe.
/// </summary>
internal sealed class WorkQueue<T> : IDisposable
    where T : notnull
{
    private readonly Lock _gate = new();
    private readonly HashSet<T> _dirty = [];
    private readonly HashSet<T> _processing = [];
    private readonly Channel<T> _ready = Channel.CreateUnbounded<T>();
    private readonly DelayedItems<T> _delayed;
    private readonly ItemBackoff<T> _backoff;
    private readonly TokenBucket _retryRate;
    private readonly Action<int> _depthChanged;
    private bool _closed;

    /// <param name="time">Clock of the delays.</param>
    /// <param name="backoff">Delay of an item's next retry.</param>
    /// <param name="retryRate">Rate of retries over all items.</param>
    /// <param name="depthChanged">Told the number of waiting items after each change.</param>
    public WorkQueue(TimeProvider time, ItemBackoff<T> backoff, TokenBucket retryRate, Action<int>? depthChanged = null)
    {
        _backoff = backoff;
        _retryRate = retryRate;
        _depthChanged = depthChanged ?? (static _ => { });
        _delayed = new DelayedItems<T>(time, Add);
    }

    /// <summary>Number of items that wait now, without those that wait for their time.</summary>
    public int Depth => _ready.Reader.Count;

    public void Add(T item)
    {
        lock (_gate)
        {
            if (_closed || !_dirty.Add(item) || _processing.Contains(item))
            {
                return;
            }

            _ready.Writer.TryWrite(item);
            _depthChanged(Depth);
        }
    }

    /// <summary>Adds the item after <paramref name="delay"/>. Of several such wishes for an item the earliest counts.</summary>
    public void AddAfter(T item, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            Add(item);
        }
        else
        {
            _delayed.Add(item, delay);
        }
    }

    /// <summary>Adds the item after a delay that grows with each call until <see cref="Forget"/>.</summary>
    public void AddRateLimited(T item)
    {
        var own = _backoff.Next(item);
        var overall = _retryRate.Reserve();
        AddAfter(item, own > overall ? own : overall);
    }

    /// <summary>The item's next retry has the shortest delay again.</summary>
    public void Forget(T item) => _backoff.Forget(item);

    /// <summary>Waits for an item to work on; false once the queue is closed.</summary>
    public async ValueTask<(bool Found, T? Item)> GetAsync(CancellationToken cancellationToken)
    {
        while (await _ready.Reader.WaitToReadAsync(cancellationToken))
        {
            if (TryTake(out var item))
            {
                return (true, item);
            }
        }

        return (false, default);
    }

    /// <summary>Work on the item ended. To be called once for each item that <see cref="GetAsync"/> gave out.</summary>
    public void Done(T item)
    {
        lock (_gate)
        {
            _processing.Remove(item);
            if (_closed || !_dirty.Contains(item))
            {
                return;
            }

            _ready.Writer.TryWrite(item);
            _depthChanged(Depth);
        }
    }

    /// <summary>Gives out nothing more, takes nothing more. Items at work may be finished.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _ready.Writer.TryComplete();
        }

        _delayed.Dispose();
    }

    public void Dispose() => Close();

    private bool TryTake([MaybeNullWhen(false)] out T item)
    {
        lock (_gate)
        {
            if (!_ready.Reader.TryRead(out item) || _closed)
            {
                return false;
            }

            _processing.Add(item);
            _dirty.Remove(item);
            _depthChanged(Depth);
            return true;
        }
    }
}
