using System.Text.Json;

namespace Latlab.NodeAgent.Host;

/// <summary>
/// Network devices through <c>ip</c>: right in every network namespace, other than <c>/sys/class/net</c>, which shows the one that /sys
/// was mounted in. The table is read once; a change makes it be read again.
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
