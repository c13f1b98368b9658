namespace Latlab.Measurement.Matching;

/// <summary>What became of a packet of the capture before the device under test.</summary>
public enum Fate : byte
{
    /// <summary>It arrived within the window.</summary>
    Matched,

    /// <summary>It did not arrive within the window (RFC 7680, with the window as Tmax).</summary>
    Lost,

    /// <summary>It had not arrived when the capture ended, less than one window after its departure.</summary>
    Undecided,

    /// <summary>
    /// A further record, without an arrival of its own, of an identity that the tap had seen within the window before and that had not
    /// arrived yet; or the first record, when the arrival was taken for a further one's that departed while the packet was on its way.
    /// </summary>
    DuplicatedBefore,

    /// <summary>
    /// The same of one that had arrived: an identity that recurs and whose packet was lost, or a late copy. The captures cannot tell which.
    /// </summary>
    Recurred,

    /// <summary>Its arrival is stamped before its departure.</summary>
    Negative,

    /// <summary>
    /// By the order of the packets around it, it arrived within the window, but one of its stamps is missing (0) or says that it took longer: a wrong
    /// stamp, or a clock that was set while it was on its way. It has no latency.
    /// </summary>
    Implausible,
}

/// <summary>A departure whose fate is known. They come in sending order.</summary>
/// <param name="SentNs">Departure, in nanoseconds of the ingress capture's clock.</param>
/// <param name="LatencyNs">Arrival less departure in nanoseconds, as stamped: negative if <see cref="Fate.Negative"/>, 0 if it did not
/// arrive.</param>
/// <param name="Position">Its number among the departures, from 0.</param>
/// <param name="Flow">Index of its flow.</param>
/// <param name="WireLength">Its frame's length, as in <see cref="PacketRecord.WireLength"/>.</param>
/// <param name="Fate">What became of it.</param>
public readonly record struct SettledPacket(long SentNs, long LatencyNs, long Position, ushort Flow, ushort WireLength, Fate Fate);

/// <summary>A packet's first arrival. They come in the order of arrival.</summary>
/// <param name="ArrivedNs">Arrival, in nanoseconds of the egress capture's clock.</param>
/// <param name="SentNs">Departure, in nanoseconds of the ingress capture's clock.</param>
/// <param name="Position">Its number among the departures, from 0.</param>
/// <param name="Flow">Index of its flow.</param>
public readonly record struct ArrivedPacket(long ArrivedNs, long SentNs, long Position, ushort Flow);

/// <summary>
/// Is told, in batches, what the matcher finds. Each departure comes once to <see cref="OnSettled"/>, in sending order; each matched packet
/// before that once to <see cref="OnArrived"/>, in the order of arrival. Spans are valid during the call only.
/// </summary>
public interface IMatchObserver
{
    /// <summary>Departures whose fate is known, in sending order.</summary>
    public void OnSettled(ReadOnlySpan<SettledPacket> packets);

    /// <summary>Matched packets in the order of arrival.</summary>
    public void OnArrived(ReadOnlySpan<ArrivedPacket> packets);
}
