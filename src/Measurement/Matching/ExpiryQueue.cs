namespace Latlab.Measurement.Matching;

/// <summary>Packets in the order in which their window ends.</summary>
internal sealed class ExpiryQueue
{
    private (long TimeNs, PacketIdentity Identity)[] _ring = new (long, PacketIdentity)[1 << 12];
    private int _head;
    private int _count;

    public void Add(long timeNs, PacketIdentity identity)
    {
        if (_count == _ring.Length)
        {
            Grow();
        }

        _ring[(_head + _count) & (_ring.Length - 1)] = (timeNs, identity);
        _count++;
    }

    /// <summary>Takes the next packet whose time is before <paramref name="timeNs"/>.</summary>
    public bool TryTakeBefore(long timeNs, out PacketIdentity identity)
    {
        if (_count == 0 || _ring[_head].TimeNs >= timeNs)
        {
            identity = default;
            return false;
        }

        identity = _ring[_head].Identity;
        _head = (_head + 1) & (_ring.Length - 1);
        _count--;
        return true;
    }

    private void Grow()
    {
        var larger = new (long, PacketIdentity)[_ring.Length * 2];
        _ring.AsSpan(_head).CopyTo(larger);
        _ring.AsSpan(0, _head).CopyTo(larger.AsSpan(_ring.Length - _head));
        _ring = larger;
        _head = 0;
    }
}
