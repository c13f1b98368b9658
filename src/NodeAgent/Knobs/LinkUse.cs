using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs;

/// <summary>What the node needs a network device for: nobody loses a node by it. Pure.</summary>
internal static class LinkUse
{
    private const string Elsewhere = "move it to another port, or name another device";

    /// <summary>What a device carries, by itself or beneath others; null for nothing.</summary>
    /// <param name="network">What is known of the node's network.</param>
    /// <param name="device">The device.</param>
    /// <param name="stacked">What else stands on top of it (<c>upper_*</c> in sysfs).</param>
    public static string? Of(NetworkFacts network, string device, IEnumerable<string> stacked)
    {
        var above = network.OnTopOf(device).Concat(stacked.SelectMany(name => network.OnTopOf(name).Prepend(name))).Distinct().ToList();
        List<string> all = [device, .. above];
        return First(network.DefaultRoute, "the default route")
            ?? First(network.Address, "the address")
            ?? First(network.Route, "the route")
            ?? (above.Count == 0
                ? null
                : $"{device} is a part of, or beneath, {string.Join(", ", above)}; take it out of there first, or name another device");

        string? First(Func<string, string?> find, string what) => all
            .Select(name => (Name: name, What: find(name)))
            .Where(found => found.What is not null)
            .Select(found => $"{found.Name}{(found.Name == device ? "" : $", which {device} is beneath,")} "
                + $"carries {what} {found.What}; {Elsewhere}")
            .FirstOrDefault();
    }
}
