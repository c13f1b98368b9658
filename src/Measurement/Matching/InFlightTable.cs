using System.Numerics;

namespace Latlab.Measurement.Matching;

/// <summary>What is known of a packet within the window.</summary>
internal enum PacketState : byte
{
    /// <summary>The slot is empty.</summary>
    None,

    /// <summary>Seen at the egress tap only.</summary>
    ArrivedOnly,

    /// <summary>Departed, not arrived.</summary>
    InFlight,

    /// <summary>Departed and arrived.</summary>
    Matched,

    /// <summary>Departed, and stamped earlier at its arrival.</summary>
    Negative,
}

/// <summary>A packet within the window.</summary>
internal struct InFlightPacket
{
    public PacketIdentity Identity;

    /// <summary>Time of departure; of the first arrival while <see cref="State"/> is <see cref="PacketState.ArrivedOnly"/>.</summary>
    public long TimeNs;

    /// <summary>Arrivals while <see cref="State"/> is <see cref="PacketState.ArrivedOnly"/>.</summary>
    public int Arrivals;

    public PacketState State;
}

/// <summary>
/// Packets within the window by identity: open addressing with linear probing. Removal shifts followers back instead of leaving tombstones, so a long
/// run with losses stays as fast as its first second.
/// </summary>
internal sealed class InFlightTable
{
    private InFlightPacket[] _slots = new InFlightPacket[1 << 12];
    private int _count;

    /// <summary>
    /// The packet, or a new one of state <see cref="PacketState.None"/> that the caller must give another. Valid until the next call.
    /// </summary>
    public ref InFlightPacket GetOrAdd(PacketIdentity identity)
    {
        if (_count * 2 >= _slots.Length)
        {
            Grow();
        }

        ref var slot = ref _slots[Find(identity)];
        if (slot.State == PacketState.None)
        {
            slot.Identity = identity;
            _count++;
        }

        return ref slot;
    }

    /// <summary>The packet's slot number, or that of the empty slot where it would be.</summary>
    public int Find(PacketIdentity identity)
    {
        var mask = _slots.Length - 1;
        var at = Home(identity, mask);
        while (_slots[at].State != PacketState.None && _slots[at].Identity != identity)
        {
            at = (at + 1) & mask;
        }

        return at;
    }

    /// <summary>What is in a slot.</summary>
    public ref InFlightPacket this[int slot] => ref _slots[slot];

    /// <summary>Empties a slot.</summary>
    public void RemoveAt(int slot)
    {
        var mask = _slots.Length - 1;
        var hole = slot;
        for (var at = (hole + 1) & mask; _slots[at].State != PacketState.None; at = (at + 1) & mask)
        {
            // A follower may fill the hole unless its home lies after the hole on the way to it.
            var home = Home(_slots[at].Identity, mask);
            if (((at - home) & mask) >= ((at - hole) & mask))
            {
                _slots[hole] = _slots[at];
                hole = at;
            }
        }

        _slots[hole] = default;
        _count--;
    }

    /// <summary>Multiply, fold, multiply: every bit of the identity reaches the low bits, whatever the sequence's pattern.</summary>
    private static int Home(PacketIdentity identity, int mask)
    {
        var high = Math.BigMul(identity.Sequence ^ ((ulong)identity.Flow << 48), 0x9E3779B97F4A7C15, out var low);
        return (int)((high ^ low) * 0xD6E8FEB86659FD93 >> 32) & mask;
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new InFlightPacket[BitOperations.RoundUpToPowerOf2((uint)old.Length + 1)];
        foreach (ref readonly var packet in old.AsSpan())
        {
            if (packet.State != PacketState.None)
            {
                _slots[Find(packet.Identity)] = packet;
            }
        }
    }
}

/// <summary>What a packet is known by at both taps.</summary>
/// <param name="Sequence">Its number within the flow.</param>
/// <param name="Flow">Its flow.</param>
internal readonly record struct PacketIdentity(ulong Sequence, ushort Flow);
