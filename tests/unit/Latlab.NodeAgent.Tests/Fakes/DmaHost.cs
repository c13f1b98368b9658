using System.Globalization;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Tests.Fakes;

/// <summary>The kernel's list of wishes; the strictest counts.</summary>
internal sealed class DmaMachine
{
    public Dictionary<object, int> Requests { get; } = [];

    public int Strictest => Requests.Values.Append(DmaHost.Default).Min();
}

/// <summary>A process of that machine, which may hold a wish.</summary>
internal sealed class DmaHost(IHost inner, DmaMachine machine, bool lasts = true) : WrappedHost(inner)
{
    public const int Default = 2_000_000_000;

    public string? Problem { get; init; }

    public override bool OutlivesCall => lasts;

    public override HostText ReadNumber(string device) =>
        Problem is null ? new(machine.Strictest.ToString(CultureInfo.InvariantCulture), null) : new(null, Problem);

    public override int? Held(string device) => machine.Requests.TryGetValue(this, out var value) ? value : null;

    public override string? Hold(string device, int? value)
    {
        machine.Requests.Remove(this);
        if (value is { } microseconds)
        {
            machine.Requests[this] = microseconds;
        }

        return null;
    }
}
