using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Host;

/// <summary>What the real ip says of real addresses, routes and stacks, in a network namespace of each test's own.</summary>
public sealed class NetworkTests : IDisposable
{
    private readonly NetworkNamespace _namespace = new();

    public void Dispose() => _namespace.Dispose();

    [Fact]
    public void What_a_device_carries_is_found_in_every_table_and_of_both_families() => _namespace.Inside(() =>
    {
        NetworkNamespace.Ip("link", "add", "d0", "type", "veth", "peer", "name", "d1");
        NetworkNamespace.Ip("link", "add", "br0", "type", "bridge");
        NetworkNamespace.Ip("link", "set", "d1", "master", "br0");
        NetworkNamespace.Ip("link", "set", "d0", "up");
        NetworkNamespace.Ip("link", "set", "d1", "up");
        var silent = Facts();
        // Link-local addresses of IPv6, and their routes, may be there by now; they count for nothing.
        Assert.Null(silent.Address("d0"));
        Assert.Null(silent.Route("d0"));
        Assert.Null(silent.DefaultRoute("d0"));
        Assert.Equal(["br0"], silent.OnTopOf("d1"));
        // A veth's peer is not on top of it.
        Assert.Empty(silent.OnTopOf("d0"));

        NetworkNamespace.Ip("addr", "add", "192.0.2.1/24", "dev", "d0");
        NetworkNamespace.Ip("route", "add", "default", "via", "192.0.2.2", "table", "77");
        NetworkNamespace.Ip("-6", "addr", "add", "2001:db8::1/64", "dev", "d1", "nodad");
        var facts = Facts();
        Assert.Equal("192.0.2.1/24", facts.Address("d0"));
        Assert.Equal("default via 192.0.2.2 dev d0", facts.DefaultRoute("d0"));
        Assert.Equal("192.0.2.0/24 dev d0", facts.Route("d0"));
        Assert.Equal("2001:db8::1/64", facts.Address("d1"));
        Assert.Null(facts.DefaultRoute("d1"));
        Assert.Equal("2001:db8::/64 dev d1", facts.Route("d1"));
    });

    [Fact]
    public void Next_hops_count_each() => _namespace.Inside(() =>
    {
        foreach (var (device, address) in new[] { ("d0", "192.0.2.1/25"), ("e0", "192.0.2.129/25") })
        {
            NetworkNamespace.Ip("link", "add", device, "type", "veth", "peer", "name", device + "p");
            NetworkNamespace.Ip("link", "set", device, "up");
            NetworkNamespace.Ip("link", "set", device + "p", "up");
            NetworkNamespace.Ip("addr", "add", address, "dev", device);
        }

        NetworkNamespace.Ip("route", "add", "default", "nexthop", "via", "192.0.2.2", "dev", "d0", "nexthop", "via", "192.0.2.130", "dev", "e0");
        Assert.Equal("default dev d0 and e0", Facts().DefaultRoute("e0"));
    });

    private static NetworkFacts Facts()
    {
        var facts = new Network(new HostRoot("/")).TryRead(out var problem);
        Assert.Null(problem);
        return facts!;
    }
}
