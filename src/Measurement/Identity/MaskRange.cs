using System.Globalization;

namespace Latlab.Measurement.Identity;

/// <summary>Where the offsets of a <see cref="MaskRange"/> start.</summary>
public enum MaskLayer
{
    /// <summary>At the destination MAC address.</summary>
    L2,

    /// <summary>At the IP header, or at what follows the EtherType of a frame that is not IP.</summary>
    L3,

    /// <summary>At the header behind IP and its extension headers. A later fragment has none.</summary>
    L4,

    /// <summary>Behind the header of UDP, TCP, ICMP or ICMPv6; of other protocols and of later fragments: behind IP.</summary>
    Payload,
}

/// <summary>Bytes that count for the identity.</summary>
/// <param name="Layer">Where offsets start.</param>
/// <param name="First">Offset of the first byte.</param>
/// <param name="Last">Offset of the last byte, which is included.</param>
public readonly record struct MaskRange(MaskLayer Layer, int First, int Last)
{
    /// <summary>As in the text of a rule: <c>l3+4-5</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Layer.ToString().ToLowerInvariant()}+{First}-{Last}");
}
