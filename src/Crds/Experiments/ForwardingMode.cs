using System.Text.Json.Serialization;

namespace Latlab.Crds.Experiments;

/// <summary>Forwarding modes of testpmd (DPDK, Testpmd Application User Guide, <c>--forward-mode</c>).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ForwardingMode>))]
public enum ForwardingMode
{
    /// <summary>Frames leave as they came.</summary>
    [JsonStringEnumMemberName("io")]
    Io,

    /// <summary>Source address is the port's, destination address the peer's.</summary>
    [JsonStringEnumMemberName("mac")]
    Mac,

    /// <summary>MAC addresses are swapped.</summary>
    [JsonStringEnumMemberName("macswap")]
    Macswap,

    /// <summary>MAC, IP addresses and ports are swapped.</summary>
    [JsonStringEnumMemberName("5tswap")]
    FiveTupleSwap,
}
