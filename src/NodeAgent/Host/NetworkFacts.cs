using System.Text.Json.Serialization;

namespace Latlab.NodeAgent.Host;

/// <summary>What the node's network devices carry. Pure.</summary>
internal sealed record NetworkFacts(IReadOnlyList<Link> Links, IReadOnlyList<IpAddresses> Addresses, IReadOnlyList<IpRoute> Routes)
{
    /// <summary>What is stacked on a device, directly or not: bonds, bridges, VLANs, macvlans.</summary>
    public IReadOnlyList<string> OnTopOf(string device)
    {
        var found = new List<string>();
        var pending = new Queue<string>([device]);
        while (pending.TryDequeue(out var below))
        {
            foreach (var above in Above(below).Where(name => name != device && !found.Contains(name)))
            {
                found.Add(above);
                pending.Enqueue(above);
            }
        }

        return found;
    }

    /// <summary>The default route of a device as ip writes it; null when it has none.</summary>
    public string? DefaultRoute(string device) => RoutesOf(device).FirstOrDefault(route => route.IsDefault)?.ToString();

    /// <summary>An address of a device; null when it has none but link-local ones of IPv6, which every device that is up has.</summary>
    public string? Address(string device) => Addresses.Where(table => table.Device == device)
        .SelectMany(table => table.Addresses)
        .FirstOrDefault(address => !(address.Family == "inet6" && address.Scope == "link"))?.ToString();

    /// <summary>Another route of a device; null when it has none but those that every device that is up has.</summary>
    public string? Route(string device) => RoutesOf(device).FirstOrDefault(route => !route.IsDefault)?.ToString();

    private IEnumerable<string> Above(string device) =>
        Links.Where(link => link.Peer == device && !link.IsVeth).Select(link => link.Name)
            .Concat(Links.Where(link => link.Name == device).Select(link => link.Master).OfType<string>());

    private IEnumerable<IpRoute> RoutesOf(string device) =>
        Routes.Where(route => !route.GoesWithAnAddress && (route.Device == device || route.NextHops.Any(hop => hop.Device == device)));
}

// What has an initial value below has a setter, too: the generated reader would set an init-only property that the text leaves out to null.

/// <summary>Addresses of a device as <c>ip -j addr show</c> has them.</summary>
internal sealed record IpAddresses
{
    [JsonPropertyName("ifname")]
    public string Device { get; set; } = "";

    [JsonPropertyName("addr_info")]
    public IReadOnlyList<IpAddress> Addresses { get; set; } = [];
}

/// <summary>An address.</summary>
internal sealed record IpAddress
{
    [JsonPropertyName("family")]
    public string Family { get; set; } = "";

    [JsonPropertyName("local")]
    public string Local { get; set; } = "";

    [JsonPropertyName("prefixlen")]
    public int PrefixLength { get; init; }

    [JsonPropertyName("scope")]
    public string Scope { get; set; } = "";

    public override string ToString() => $"{Local}/{PrefixLength}";
}

/// <summary>A route as <c>ip -j route show</c> has it.</summary>
internal sealed record IpRoute
{
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    [JsonPropertyName("dst")]
    public string Destination { get; set; } = "";

    [JsonPropertyName("gateway")]
    public string? Gateway { get; init; }

    [JsonPropertyName("dev")]
    public string? Device { get; init; }

    [JsonPropertyName("nexthops")]
    public IReadOnlyList<IpNextHop> NextHops { get; set; } = [];

    [JsonIgnore]
    public bool IsDefault => Destination == "default";

    /// <summary>
    /// What the kernel makes by itself for an address, and for link-local ones and multicast of IPv6 on each device that is up.
    /// </summary>
    [JsonIgnore]
    public bool GoesWithAnAddress =>
        Type is "local" or "broadcast" or "anycast" or "multicast" || Destination.StartsWith("fe80::", StringComparison.Ordinal);

    public override string ToString() =>
        $"{Destination}{(Gateway is null ? "" : $" via {Gateway}")} dev {Device ?? string.Join(" and ", NextHops.Select(hop => hop.Device))}";
}

/// <summary>One of several next hops.</summary>
internal sealed record IpNextHop
{
    [JsonPropertyName("dev")]
    public string? Device { get; init; }
}

/// <summary>Reads what ip prints of addresses and routes.</summary>
[JsonSerializable(typeof(IReadOnlyList<IpAddresses>))]
[JsonSerializable(typeof(IReadOnlyList<IpRoute>))]
internal sealed partial class IpJson : JsonSerializerContext;
