using Latlab.Measurement.Identity;

namespace Latlab.Cli.Generation;

/// <summary>Sends a <see cref="TrafficPlan"/>.</summary>
internal sealed class Generator(PacketSocket socket, TrafficPlan plan, uint runId)
{
    private const int EndMarkers = 10;
    private const long EndMarkerIntervalNs = 5_000_000;

    private volatile bool _stop;
    private long _sent;
    private long _refused;
    private long _firstNs;
    private long _lastNs;
    private long _maxLatenessNs;
    private long _longestBurst;

    /// <summary>Ends the traffic early. May be called from any thread.</summary>
    public void Stop() => _stop = true;

    /// <summary>
    /// Sends the traffic, then the end markers. It is never ahead of the plan, catches up when it is late, and leaves out what is too late
    /// by <see cref="TrafficPlan.FirstInTime"/>: that bounds how long it takes.
    /// </summary>
    /// <exception cref="CommandFailedException">The device failed.</exception>
    public Sendings Run()
    {
        for (var i = 0; i < PacketSocket.BatchSize; i++)
        {
            FrameTemplate.Write(socket.Frame(i), socket.HardwareAddress);
        }

        MonotonicClock.WakeThisThreadPunctually();
        var startNs = MonotonicClock.NowNs;
        for (var next = 0L; next < plan.Packets && !_stop;)
        {
            var elapsedNs = MonotonicClock.NowNs - startNs;
            var due = plan.DueAfter(elapsedNs);
            if (due <= next)
            {
                MonotonicClock.WaitUntil(startNs + plan.DueNs(next));
                continue;
            }

            next = Math.Max(next, plan.FirstInTime(elapsedNs));
            NoteDelay(next, due, elapsedNs);
            var count = (int)Math.Min(due - next, PacketSocket.BatchSize);
            SendBatch(next, count);
            next += count;
        }

        SendEndMarkers();
        return new Sendings(_sent, _refused, plan.MeasuredPackets - _sent - _refused, _lastNs - _firstNs, _maxLatenessNs, _longestBurst);
    }

    /// <summary>
    /// Packets from <paramref name="next"/> to before <paramref name="due"/> are sent now, though they were due one after another.
    /// </summary>
    private void NoteDelay(long next, long due, long elapsedNs)
    {
        var measured = plan.MeasuredIn(next, due - next);
        if (measured > 0)
        {
            _longestBurst = Math.Max(_longestBurst, measured);
            _maxLatenessNs = Math.Max(_maxLatenessNs, elapsedNs - plan.DueNs(due - measured));
        }
    }

    private void SendBatch(long firstIndex, int count)
    {
        for (var i = 0; i < count; i++)
        {
            FrameTemplate.Fill(socket.Frame(i), plan.HeaderOf(firstIndex + i, runId));
        }

        var measuredFrom = Math.Max(firstIndex, plan.WarmUpPackets);
        if (_firstNs == 0 && measuredFrom < firstIndex + count)
        {
            _firstNs = MonotonicClock.NowNs;
        }

        for (var done = 0; done < count;)
        {
            var taken = socket.Send(done, count - done);
            _sent += plan.MeasuredIn(firstIndex + done, taken);
            done += taken;
            if (taken == 0)
            {
                _refused += plan.MeasuredIn(firstIndex + done, 1);
                done++;
            }
        }

        if (measuredFrom < firstIndex + count)
        {
            _lastNs = MonotonicClock.NowNs;
        }
    }

    /// <summary>
    /// Several, as a forwarder or a capture may lose one, and spread out, as what loses one packet often loses its neighbours.
    /// </summary>
    private void SendEndMarkers()
    {
        for (var i = 0; i < EndMarkers; i++)
        {
            FrameTemplate.Fill(socket.Frame(0), new GeneratorHeader(PacketKind.End, runId, 0, (ulong)_sent));
            _ = socket.Send(0, 1);
            MonotonicClock.SleepUntil(MonotonicClock.NowNs + EndMarkerIntervalNs);
        }
    }
}
