using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Matching;

namespace Latlab.Cli.Live;

/// <summary>Makes records of what a tap captures, a batch at a time, and hands them on.</summary>
internal sealed class LiveKeyer : ILiveListener
{
    private readonly PacketKeyer _keyer;
    private readonly Action<Memory<PacketRecord>> _records;
    private readonly Action<long> _idle;
    private readonly FrameBatch _batch;
    private readonly PacketRecord[] _keyed = new PacketRecord[FrameBatch.Capacity];
    private int _used;

    /// <param name="keyer">How packets are known.</param>
    /// <param name="snapLength">Most bytes of a frame.</param>
    /// <param name="facts">Counts what was captured.</param>
    /// <param name="records">Takes records.</param>
    /// <param name="idle">Is told that nothing from before a time is to come.</param>
    public LiveKeyer(PacketKeyer keyer, int snapLength, CaptureFacts facts, Action<Memory<PacketRecord>> records, Action<long> idle)
    {
        (_keyer, Facts, _records, _idle) = (keyer, facts, records, idle);
        _batch = new FrameBatch { Bytes = new byte[Math.Max(256 * 1024, 4 * snapLength)] };
    }

    public CaptureFacts Facts { get; }

    public void OnFrame(long timeNs, ReadOnlySpan<byte> frame, int originalLength)
    {
        if (_batch.Count == FrameBatch.Capacity || _used + frame.Length > _batch.Bytes.Length)
        {
            HandOver();
        }

        frame.CopyTo(_batch.Bytes.AsSpan(_used));
        _batch.Room[_batch.Count++] = new Frame(timeNs, _used, frame.Length, originalLength);
        _used += frame.Length;
        Facts.Packets++;
    }

    public void OnIdle(long completeUntilNs)
    {
        HandOver();
        _idle(completeUntilNs);
    }

    public void Complete()
    {
        HandOver();
        _idle(long.MaxValue);
    }

    private void HandOver()
    {
        if (_batch.Count == 0)
        {
            return;
        }

        var count = _keyer.Key(_batch, _keyed);
        Facts.Unparsable = _keyer.Unparsable;
        (_batch.Count, _used) = (0, 0);
        if (count > 0)
        {
            _records(_keyed.AsMemory(0, count));
        }
    }
}
