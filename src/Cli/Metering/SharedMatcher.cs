using Latlab.Measurement.Matching;

namespace Latlab.Cli.Metering;

/// <summary>
/// A matcher that two capture threads feed. Matching is done by whichever brings the records: no third thread, and no hand-over,
/// on a machine that may have but one CPU for all of them.
/// </summary>
internal sealed class SharedMatcher<T>(T matcher)
    where T : ITapSink
{
    /// <summary>
    /// Lead that one tap may have, in packets: 24 MB. Beyond it its thread waits, the kernel's ring fills, and the kernel counts what it drops.
    /// </summary>
    private const int LongestLead = 1 << 20;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    private readonly object _gate = new();
    private bool _abandoned;

    /// <summary>Adds what a tap saw next, and waits while that is too far ahead of the other.</summary>
    public void Add(Tap tap, Span<PacketRecord> records)
    {
        lock (_gate)
        {
            matcher.Add(tap, records);
            Monitor.PulseAll(_gate);
            while (!_abandoned && matcher.Waiting(tap) > LongestLead)
            {
                Monitor.Wait(_gate, LongestWait);
            }
        }
    }

    /// <summary>The tap has nothing more from before <paramref name="timeNs"/>.</summary>
    public void Advance(Tap tap, long timeNs)
    {
        lock (_gate)
        {
            matcher.Advance(tap, timeNs);
            Monitor.PulseAll(_gate);
        }
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

    /// <summary>Ends it.</summary>
    public TResult Finish<TResult>(Func<T, TResult> finish)
    {
        lock (_gate)
        {
            return finish(matcher);
        }
    }
}
