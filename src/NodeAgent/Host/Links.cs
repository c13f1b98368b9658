using System.Text.Json;

namespace Latlab.NodeAgent.Host;

/// <summary>
/// Network devices through <c>ip</c>: right in every network namespace, other than <c>/sys/class/net</c>, which shows the one that /sys was
/// mounted in.
/// The table is read once; a change makes it be read again.
/// </summary>
internal sealed class Links(IHost host)
{
    private IReadOnlyList<Link>? _table;
    private string? _problem;

    /// <summary>All devices, or null and the reason.</summary>
    public IReadOnlyList<Link>? TryRead(out string? problem)
    {
        if (_table is null && _problem is null)
        {
            Read();
        }

        problem = _problem;
        return _table;
    }

    /// <summary>Runs <c>ip link ARGUMENTS</c>. Returns what ip said when it failed, otherwise null.</summary>
    public string? Change(params IReadOnlyList<string> arguments)
    {
        _table = null;
        _problem = null;
        var outcome = host.Run("ip", ["link", .. arguments]);
        return outcome.Succeeded ? null : $"ip link {string.Join(' ', arguments)}: {outcome.Error}";
    }

    /// <summary>Devices that a default route of the node needs: its own, and those below it (ports of a bond or a bridge, what a VLAN is on); null and the reason when that cannot be seen.</summary>
    public IReadOnlySet<string>? Carriers(out string? problem)
    {
        if (TryRead(out problem) is not { } table)
        {
            return null;
        }

        var pending = new Stack<string>();
        foreach (var family in (string[])["-4", "-6"])
        {
            var shown = host.Run("ip", ["-j", family, "route", "show", "default"]);
            try
            {
                // A host without IPv6 prints nothing at all.
                var routes = shown.Succeeded && shown.Output.Trim().Length > 0 ? JsonSerializer.Deserialize(shown.Output, LinkJson.Default.IReadOnlyListRoute)! : [];
                problem = shown.Succeeded ? null : $"ip {family} route show default: {shown.Error}";
                routes.SelectMany(route => (route.NextHops ?? []).Append(route)).Select(route => route.Device).OfType<string>().ToList().ForEach(pending.Push);
            }
            catch (JsonException e)
            {
                problem = $"ip -j {family} route show default printed no JSON ({e.Message})";
            }

            if (problem is not null)
            {
                return null;
            }
        }

        var carriers = new HashSet<string>(StringComparer.Ordinal);
        while (pending.TryPop(out var device))
        {
            if (carriers.Add(device))
            {
                table.Where(link => link.Master == device).Select(link => link.Name)
                    .Concat(table.Where(link => link.Name == device && !link.IsVeth).Select(link => link.Peer).OfType<string>())
                    .ToList().ForEach(pending.Push);
            }
        }

        return carriers;
    }

    private void Read()
    {
        var shown = host.Run("ip", ["-j", "-d", "link", "show"]);
        try
        {
            _table = shown.Succeeded ? JsonSerializer.Deserialize(shown.Output, LinkJson.Default.IReadOnlyListLink) : null;
            _problem = _table is null ? $"ip link show: {shown.Error}" : null;
        }
        catch (JsonException e)
        {
            _problem = $"ip -j link show printed no JSON ({e.Message}); install an iproute2 of 4.14 or newer";
        }
    }
}
