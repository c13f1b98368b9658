namespace Latlab.Measurement.Matching;

/// <summary>Collects what the matcher finds, so that observers work on batches that stay in the processor's cache.</summary>
internal sealed class MatchOutput(IMatchObserver observer)
{
    private const int Capacity = 1024;

    private readonly SettledPacket[] _settled = new SettledPacket[Capacity];
    private readonly ArrivedPacket[] _arrived = new ArrivedPacket[Capacity];
    private int _settledCount;
    private int _arrivedCount;

    public void Add(in SettledPacket packet)
    {
        _settled[_settledCount++] = packet;
        if (_settledCount == Capacity)
        {
            Flush();
        }
    }

    public void Add(in ArrivedPacket packet)
    {
        _arrived[_arrivedCount++] = packet;
        if (_arrivedCount == Capacity)
        {
            FlushArrived();
        }
    }

    /// <summary>Arrivals first: an observer knows of a packet's arrival before it learns that it is settled.</summary>
    public void Flush()
    {
        FlushArrived();
        if (_settledCount > 0)
        {
            observer.OnSettled(_settled.AsSpan(0, _settledCount));
            _settledCount = 0;
        }
    }

    private void FlushArrived()
    {
        if (_arrivedCount > 0)
        {
            observer.OnArrived(_arrived.AsSpan(0, _arrivedCount));
            _arrivedCount = 0;
        }
    }
}
