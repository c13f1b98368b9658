namespace Latlab.Operator.Runtime;

/// <summary>Remembers which events happened lately, how often, and since when. Bounded; not thread-safe.</summary>
internal sealed class EventHistory(TimeProvider time)
{
    /// <summary>An event not seen for this long is forgotten. API servers keep Events for an hour by default.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>Number of events remembered; beyond it the one not seen for longest is forgotten.</summary>
    public const int Capacity = 4096;

    /// <summary>An event that repeats faster is sent this often at once, then once in <see cref="SendInterval"/>.</summary>
    public const int SendBurst = 25;

    /// <inheritdoc cref="SendBurst"/>
    public static readonly TimeSpan SendInterval = TimeSpan.FromMinutes(1);

    private readonly Dictionary<EventContent, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _bySighting = new();

    public int Count => _entries.Count;

    /// <summary>Notes that the event happened at <paramref name="at"/>, UTC.</summary>
    public EventSighting Note(EventContent content, DateTime at)
    {
        var now = time.GetTimestamp();
        ForgetOld(now);
        if (_entries.TryGetValue(content, out var node))
        {
            _bySighting.Remove(node);
            _bySighting.AddLast(node);
            var entry = node.Value;
            entry.SeenAt = now;
            entry.Count++;
            return new(entry.Count, entry.First, IsFirst: false, entry.Sends.TryTake());
        }

        var first = Remember(content, 1, at, now);
        return new(first.Count, first.First, IsFirst: true, first.Sends.TryTake());
    }

    /// <summary>
    /// The event that was taken for the first one goes on from an earlier count, e.g. that of an operator before a restart.
    /// </summary>
    public EventSighting Continue(EventContent content, int earlierCount, DateTime first)
    {
        var entry = _entries[content].Value;
        entry.Count += earlierCount;
        entry.First = first;
        return new(entry.Count, entry.First, IsFirst: false, IsWorthSending: true);
    }

    /// <summary>As if the event had not been noted.</summary>
    public void Forget(EventContent content)
    {
        if (_entries.TryGetValue(content, out var node))
        {
            Forget(node);
        }
    }

    private Entry Remember(EventContent content, int count, DateTime first, long now)
    {
        if (_entries.Count == Capacity)
        {
            Forget(_bySighting.First!);
        }

        var sends = new TokenBucket(1 / SendInterval.TotalSeconds, SendBurst, time);
        var entry = new Entry(content, sends) { Count = count, First = first, SeenAt = now };
        _entries[content] = _bySighting.AddLast(entry);
        return entry;
    }

    private void ForgetOld(long now)
    {
        while (_bySighting.First is { } oldest && time.GetElapsedTime(oldest.Value.SeenAt, now) > Window)
        {
            Forget(oldest);
        }
    }

    private void Forget(LinkedListNode<Entry> node)
    {
        _bySighting.Remove(node);
        _entries.Remove(node.Value.Content);
    }

    private sealed class Entry(EventContent content, TokenBucket sends)
    {
        public EventContent Content { get; } = content;

        public TokenBucket Sends { get; } = sends;

        public int Count { get; set; }

        public DateTime First { get; set; }

        public long SeenAt { get; set; }
    }
}
