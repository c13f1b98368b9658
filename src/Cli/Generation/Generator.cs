using Latlab.Measurement.Identity;

namespace Latlab.Cli.Generation;

/// <summary>What was sent in the window.</summary>
/// <param name="Sent">Packets that the kernel took.</param>
/// <param name="Refused">Packets that it had no room for; they are not sent again.</param>
/// <param name="LengthNs">From the first to the last of them.</param>
internal readonly record struct Sendings(long Sent, long Refused, long LengthNs)
{
    /// <summary>Packets/s, from the first to the last.</summary>
    public long OfferedRate => Sent > 1 && LengthNs > 0 ? (long)((((Int128)(Sent - 1) * 1_000_000_000) + (LengthNs / 2)) / LengthNs) : Sent;
}

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

    /// <summary>Ends the traffic early. May be called from any thread.</summary>
    public void Stop() => _stop = true;

    /// <summary>Sends the traffic, then the end markers. When it is late it catches up; it is never ahead of the plan.</summary>
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
            var due = plan.DueAfter(MonotonicClock.NowNs - startNs) - next;
            if (due <= 0)
            {
                MonotonicClock.WaitUntil(startNs + plan.DueNs(next));
                due = 1;
            }

            var count = (int)Math.Min(due, PacketSocket.BatchSize);
            SendBatch(next, count);
            next += count;
        }

        SendEndMarkers();
        return new Sendings(_sent, _refused, _lastNs - _firstNs);
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
            _sent += MeasuredIn(firstIndex + done, taken);
            done += taken;
            if (taken == 0)
            {
                _refused += MeasuredIn(firstIndex + done, 1);
                done++;
            }
        }

        if (measuredFrom < firstIndex + count)
        {
            _lastNs = MonotonicClock.NowNs;
        }
    }

    private long MeasuredIn(long firstIndex, int count) => Math.Clamp(firstIndex + count - plan.WarmUpPackets, 0, count);

    /// <summary>Several, as a forwarder or a capture may lose one, and spread out, as what loses one packet often loses its
    /// neighbours.</summary>
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
