namespace Latlab.Operator.Runtime;

/// <summary>Items that become due at a time of their own, on one timer. Thread-safe.</summary>
internal sealed class DelayedItems<T> : IDisposable
    where T : notnull
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Action<T> _due;
    private readonly long _start;
    private readonly Dictionary<T, TimeSpan> _dueAt = [];
    private readonly PriorityQueue<T, TimeSpan> _order = new();
    private readonly ITimer _timer;
    private bool _disposed;

    /// <param name="time">Clock.</param>
    /// <param name="due">Called with each item when its time has come.</param>
    public DelayedItems(TimeProvider time, Action<T> due)
    {
        _time = time;
        _due = due;
        _start = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((DelayedItems<T>)state!).ReleaseDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Makes the item due after <paramref name="delay"/>, unless it is due earlier anyway.</summary>
    public void Add(T item, TimeSpan delay)
    {
        lock (_gate)
        {
            var dueAt = Now + delay;
            if (_disposed || (_dueAt.TryGetValue(item, out var known) && known <= dueAt))
            {
                return;
            }

            // An entry with the item's former time stays in the order, and is recognised there by that time.
            _dueAt[item] = dueAt;
            _order.Enqueue(item, dueAt);
            Arm();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _dueAt.Clear();
            _order.Clear();
        }

        _timer.Dispose();
    }

    private void ReleaseDue()
    {
        var released = new List<T>();
        lock (_gate)
        {
            var now = Now;
            while (_order.TryPeek(out var item, out var at) && at <= now)
            {
                _order.Dequeue();
                if (_dueAt.TryGetValue(item, out var dueAt) && dueAt == at)
                {
                    _dueAt.Remove(item);
                    released.Add(item);
                }
            }

            if (!_disposed)
            {
                Arm();
            }
        }

        foreach (var item in released)
        {
            _due(item);
        }
    }

    private void Arm()
    {
        if (!_order.TryPeek(out _, out var next))
        {
            return;
        }

        // Timers count whole milliseconds and may fire a moment early: round up, or the last fraction would be spent in a busy loop.
        var wait = TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling((next - Now).TotalMilliseconds), 1, int.MaxValue));
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
