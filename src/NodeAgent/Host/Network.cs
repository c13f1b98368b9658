using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Latlab.NodeAgent.Host;

/// <summary>
/// Addresses and routes through <c>ip</c>, of the network namespace that the agent runs in: the node's. Read once, and only when something
/// asks: each is a process that is started.
/// </summary>
internal sealed class Network(IHost host)
{
    private NetworkFacts? _facts;
    private string? _problem;

    /// <summary>All of it, or null and the reason: then nothing can be said of what a device carries.</summary>
    public NetworkFacts? TryRead(out string? problem)
    {
        if (_facts is null && _problem is null)
        {
            var links = new Links(host).TryRead(out _problem);
            var addresses = Show(IpJson.Default.IReadOnlyListIpAddresses, "-j", "addr", "show");
            var routes = Show(IpJson.Default.IReadOnlyListIpRoute, "-j", "-4", "route", "show", "table", "all");
            var routes6 = Show(IpJson.Default.IReadOnlyListIpRoute, "-j", "-6", "route", "show", "table", "all");
            _facts = _problem is null ? new(links!, addresses!, [.. routes!, .. routes6!]) : null;
        }

        problem = _problem;
        return _facts;
    }

    private IReadOnlyList<T>? Show<T>(JsonTypeInfo<IReadOnlyList<T>> type, params IReadOnlyList<string> arguments)
    {
        if (_problem is not null)
        {
            return null;
        }

        var command = $"ip {string.Join(' ', arguments)}";
        var shown = host.Run("ip", arguments);
        try
        {
            // Without any route ip prints nothing at all.
            var list = !shown.Succeeded ? null : shown.Output.Trim().Length == 0 ? [] : JsonSerializer.Deserialize(shown.Output, type);
            _problem = list is null ? $"{command}: {shown.Error}" : null;
            return list;
        }
        catch (JsonException e)
        {
            _problem = $"{command} printed no JSON ({e.Message}); install an iproute2 of 4.14 or newer";
            return null;
        }
    }
}
