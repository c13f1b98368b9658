namespace Latlab.Measurement.Matching;

/// <summary>Collects first arrivals for the observer, in columns that stay in the processor's cache.</summary>
internal sealed class ArrivedColumns(IBatchObserver observer)
{
    public const int Capacity = 512;

    private readonly long[] _arrivedNs = new long[Capacity];
    private readonly long[] _latencyNs = new long[Capacity];
    private readonly long[] _positions = new long[Capacity];
    private readonly ushort[] _flows = new ushort[Capacity];
    private int _count;

    /// <summary>Adds an arrival.</summary>
    public void Add(long arrivedNs, long latencyNs, long position, ushort flow)
    {
        if (_count == Capacity)
        {
            Flush();
        }

        _arrivedNs[_count] = arrivedNs;
        _latencyNs[_count] = latencyNs;
        _positions[_count] = position;
        _flows[_count++] = flow;
    }

    /// <summary>Adds arrivals of consecutive departures, at most <see cref="Capacity"/>.</summary>
    public void AddRun(ReadOnlySpan<long> arrivedNs, ReadOnlySpan<long> latencyNs, long position, ReadOnlySpan<ushort> flows)
    {
        var count = arrivedNs.Length;
        if (_count + count > Capacity)
        {
            Flush();
        }

        var positions = _positions.AsSpan(_count, count);
        for (var i = 0; i < positions.Length; i++)
        {
            positions[i] = position + i;
        }

        arrivedNs.CopyTo(_arrivedNs.AsSpan(_count));
        latencyNs.CopyTo(_latencyNs.AsSpan(_count));
        flows.CopyTo(_flows.AsSpan(_count));
        _count += count;
    }

    /// <summary>Hands on what there is.</summary>
    public void Flush()
    {
        if (_count == 0)
        {
            return;
        }

        observer.OnArrived(new ArrivedBatch
        {
            ArrivedNs = _arrivedNs.AsSpan(0, _count),
            LatencyNs = _latencyNs.AsSpan(0, _count),
            Positions = _positions.AsSpan(0, _count),
            Flows = _flows.AsSpan(0, _count),
        });
        _count = 0;
    }
}
