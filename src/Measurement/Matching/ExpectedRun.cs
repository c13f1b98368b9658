using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Latlab.Measurement.Matching;

/// <summary>Arrivals beside the departures that are expected, one by one: which of them belong together as they lie.</summary>
internal readonly ref struct ExpectedRun
{
    private readonly ArrivalBatch _arrivals;
    private readonly ReadOnlySpan<ulong> _keys;
    private readonly ReadOnlySpan<uint> _checks;
    private readonly ReadOnlySpan<long> _turnNs;
    private readonly ReadOnlySpan<long> _sentNs;
    private readonly Span<long> _latencyNs;
    private readonly Span<Fate> _fates;

    /// <param name="block">Departures.</param>
    /// <param name="slot">Where the expected one is; of those from there on there are as many as arrivals.</param>
    /// <param name="arrivals">Arrivals.</param>
    public ExpectedRun(DepartureBlock block, int slot, in ArrivalBatch arrivals)
    {
        _arrivals = arrivals;
        _keys = block.Keys.Slice(slot, arrivals.Count);
        _checks = block.Checks.Slice(slot, arrivals.Count);
        _turnNs = block.TurnNs.Slice(slot, arrivals.Count);
        _sentNs = block.SentNs.Slice(slot, arrivals.Count);
        _latencyNs = block.LatencyNs.Slice(slot, arrivals.Count);
        _fates = block.Fates.Slice(slot, arrivals.Count);
    }

    /// <summary>Matches the first ones, up to one that is special in any way, and returns how many they are.</summary>
    /// <param name="deadlineNs">Up to this turn no window ends.</param>
    /// <param name="windowNs">Longest time between two turns.</param>
    /// <param name="longestNs">Longest latency that is plausible.</param>
    /// <param name="warmUntilNs">First turn of a departure that counts.</param>
    public int Match(long deadlineNs, long windowNs, long longestNs, long warmUntilNs)
    {
        var count = UpTo(_fates.IndexOfAnyExcept(DepartureBlock.InFlight), _fates.Length);
        count = _checks[..count].CommonPrefixLength(_arrivals.Checks);
        var matched = MatchVectors(count, deadlineNs, windowNs, longestNs, warmUntilNs);
        while (matched < count && IsExpected(matched, deadlineNs, windowNs, longestNs, warmUntilNs))
        {
            _latencyNs[matched] = _arrivals.TimesNs[matched] - _sentNs[matched];
            matched++;
        }

        // That is, Matched.
        _fates[..matched].Clear();
        return matched;
    }

    private bool IsExpected(int at, long deadlineNs, long windowNs, long longestNs, long warmUntilNs) =>
        _keys[at] == _arrivals.Keys[at]
        && (ulong)(_arrivals.TurnsNs[at] - _turnNs[at]) <= (ulong)windowNs
        && _arrivals.TurnsNs[at] <= deadlineNs
        && (ulong)(_arrivals.TimesNs[at] - _sentNs[at]) <= (ulong)longestNs
        && _sentNs[at] != 0
        && _turnNs[at] >= warmUntilNs;

    /// <summary>
    /// The same of the first <paramref name="count"/>, as many at a time as a vector has; stops before a vector that has a special one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int MatchVectors(int count, long deadlineNs, long windowNs, long longestNs, long warmUntilNs)
    {
        var keys = Vectors(_keys[..count]);
        var arrivedKeys = Vectors(_arrivals.Keys[..count]);
        var turns = Vectors(_turnNs[..count]);
        var arrivedTurns = Vectors(_arrivals.TurnsNs[..count]);
        var sent = Vectors(_sentNs[..count]);
        var arrived = Vectors(_arrivals.TimesNs[..count]);
        var latencies = MemoryMarshal.Cast<long, Vector<long>>(_latencyNs[..count]);
        var (deadline, window) = (new Vector<long>(deadlineNs), new Vector<long>(windowNs));
        var (longest, warm) = (new Vector<long>(longestNs), new Vector<long>(warmUntilNs));
        var i = 0;
        for (; i < latencies.Length; i++)
        {
            var latency = arrived[i] - sent[i];
            var waited = arrivedTurns[i] - turns[i];
            var special = Vector.LessThan(latency, Vector<long>.Zero)
                | Vector.GreaterThan(latency, longest)
                | Vector.Equals(sent[i], Vector<long>.Zero)
                | Vector.LessThan(waited, Vector<long>.Zero)
                | Vector.GreaterThan(waited, window)
                | Vector.GreaterThan(arrivedTurns[i], deadline)
                | Vector.LessThan(turns[i], warm)
                | (Vector<long>)(keys[i] ^ arrivedKeys[i]);
            if (special != Vector<long>.Zero)
            {
                break;
            }

            latencies[i] = latency;
        }

        return i * Vector<long>.Count;
    }

    private static ReadOnlySpan<Vector<T>> Vectors<T>(ReadOnlySpan<T> values)
        where T : struct => MemoryMarshal.Cast<T, Vector<T>>(values);

    private static int UpTo(int found, int length) => found < 0 ? length : found;
}
