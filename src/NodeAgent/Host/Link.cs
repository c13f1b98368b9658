using System.Text.Json.Serialization;

namespace Latlab.NodeAgent.Host;

/// <summary>A network device as <c>ip -j -d link show</c> has it; the parts that the agent looks at.</summary>
internal sealed record Link
{
    [JsonPropertyName("ifname")]
    public string Name { get; init; } = "";

    /// <summary>
    /// The other end of a veth pair, when that is in this network namespace; of a VLAN, macvlan and the like the device beneath.
    /// </summary>
    [JsonPropertyName("link")]
    public string? Peer { get; init; }

    /// <summary>The bond, bridge or the like that it is a part of.</summary>
    [JsonPropertyName("master")]
    public string? Master { get; init; }

    /// <summary>
    /// Virtual functions, when it is a port that has some. With a setter: the generated reader would set it to null where there are none.
    /// </summary>
    [JsonPropertyName("vfinfo_list")]
    public IReadOnlyList<LinkFunction> Functions { get; set; } = [];

    [JsonPropertyName("flags")]
    public IReadOnlyList<string> Flags { get; init; } = [];

    [JsonPropertyName("mtu")]
    public int Mtu { get; init; }

    [JsonPropertyName("address")]
    public string? Address { get; init; }

    [JsonPropertyName("ifalias")]
    public string? Alias { get; init; }

    /// <summary>How IPv6 makes link-local addresses; null when the kernel runs without IPv6.</summary>
    [JsonPropertyName("inet6_addr_gen_mode")]
    public string? Ipv6Addresses { get; init; }

    [JsonPropertyName("linkinfo")]
    public LinkKind? Info { get; init; }

    /// <summary>Set up by somebody; says nothing of the cable.</summary>
    [JsonIgnore]
    public bool IsUp => Flags.Contains("UP");

    [JsonIgnore]
    public bool HasCarrier => Flags.Contains("LOWER_UP");

    [JsonIgnore]
    public bool IsVeth => Info?.Kind == "veth";
}

/// <summary>The kind of a virtual device.</summary>
internal sealed record LinkKind
{
    [JsonPropertyName("info_kind")]
    public string? Kind { get; init; }
}

/// <summary>A virtual function as its port's driver tells of it.</summary>
internal sealed record LinkFunction
{
    [JsonPropertyName("vf")]
    public int Number { get; init; }

    /// <summary>Null when the driver does not tell.</summary>
    [JsonPropertyName("spoofchk")]
    public bool? SpoofCheck { get; init; }

    /// <summary>Null when the driver does not tell.</summary>
    [JsonPropertyName("trust")]
    public bool? Trust { get; init; }
}

/// <summary>Reads what ip prints.</summary>
[JsonSerializable(typeof(IReadOnlyList<Link>))]
internal sealed partial class LinkJson : JsonSerializerContext;
