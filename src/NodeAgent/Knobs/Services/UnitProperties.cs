using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Services;

/// <summary>What <c>systemctl show</c> says of a unit.</summary>
internal sealed class UnitProperties(IReadOnlyDictionary<string, string> values)
{
    private static readonly string[] Stopping = ["RequiredBy", "BoundBy", "ConsistsOf", "PropagatesStopTo"];

    /// <summary>A property; empty when systemd does not have it.</summary>
    public string this[string name] => values.GetValueOrDefault(name, "");

    public bool IsActive => this["ActiveState"] is not ("inactive" or "failed" or "");

    /// <summary>Units that systemd stops when somebody stops this one.</summary>
    public IEnumerable<string> StopWithIt => Stopping.SelectMany(name => this[name].Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Of each of some units; null and the reason when that cannot be seen.</summary>
    public static IReadOnlyList<UnitProperties>? Read(IHost host, IReadOnlyList<string> units, out string? problem)
    {
        var shown = host.RunOnHost(
            "systemctl", ["show", $"--property=Id,LoadState,ActiveState,TriggeredBy,{string.Join(',', Stopping)}", "--", .. units]);
        problem = shown.Succeeded ? null : shown.Error;
        return !shown.Succeeded ? null :
        [
            .. shown.Output.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(unit => new UnitProperties(unit.Split('\n').Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2)
                    .DistinctBy(parts => parts[0]).ToDictionary(parts => parts[0], parts => parts[1]))),
        ];
    }
}
