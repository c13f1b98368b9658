namespace Latlab.Measurement.Matching;

/// <summary>Makes rows of columns, for observers that want packets one by one.</summary>
internal sealed class RowObserver(IMatchObserver observer) : IBatchObserver
{
    private const int Capacity = 256;

    private readonly SettledPacket[] _settled = new SettledPacket[Capacity];
    private readonly ArrivedPacket[] _arrived = new ArrivedPacket[Capacity];

    public void OnSettled(in SettledBatch packets)
    {
        for (var start = 0; start < packets.Count; start += Capacity)
        {
            var count = Math.Min(Capacity, packets.Count - start);
            for (var i = 0; i < count; i++)
            {
                var at = start + i;
                _settled[i] = new SettledPacket(
                    packets.SentNs[at], packets.LatencyNs[at], packets.Position + at, packets.Flows[at], packets.WireLengths[at], packets.Fate);
            }

            observer.OnSettled(_settled.AsSpan(0, count));
        }
    }

    public void OnDuplicate(ushort flow, bool isFirst)
    {
        // Rows are of departures and of first arrivals.
    }

    public void OnArrived(in ArrivedBatch packets)
    {
        for (var start = 0; start < packets.Count; start += Capacity)
        {
            var count = Math.Min(Capacity, packets.Count - start);
            for (var i = 0; i < count; i++)
            {
                var (arrivedNs, latencyNs) = (packets.ArrivedNs[start + i], packets.LatencyNs[start + i]);
                _arrived[i] = new ArrivedPacket(arrivedNs, arrivedNs - latencyNs, packets.Positions[start + i], packets.Flows[start + i]);
            }

            observer.OnArrived(_arrived.AsSpan(0, count));
        }
    }
}
