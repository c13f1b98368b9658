using Latlab.Crds.NodeTunings;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs.Services;

/// <summary>
/// A service or timer of the host's systemd, stopped while it is wished. It is not disabled: the next boot starts it, and the agent stops
/// it again.
/// </summary>
internal sealed class ServiceKnob(string unit) : Knob($"{Prefix}[{unit}]")
{
    public static readonly KnobKind Kind = new(Prefix, Wishes, key => StoppableUnits.IsUnit(key) ? new ServiceKnob(key) : null, new(
        "Services and timers that come between: firmware updates, package updates, balancers, collectors of statistics.",
        "systemctl show UNIT", "systemctl(1)",
        "The agent must reach the host's systemd: on the host itself, or in a pod with the host's whole tree. A timer may start "
            + "a service again: stop that one, too. A socket may as well, and is stopped on the node alone. Refused while another unit is active that would stop with it"));

    private const string Prefix = "stoppedServices";
    private const string Stopped = "stopped";
    private const string Running = "running";

    public override string Evidence => $"systemctl show {unit}";

    public override KnobReading Read(HostView host)
    {
        if (UnitProperties.Read(host.Files, [unit], out var problem) is not [var properties])
        {
            return KnobReading.Failed($"systemctl show {unit}: {problem}");
        }

        var triggers = properties["TriggeredBy"];
        return (properties["LoadState"], properties["ActiveState"]) switch
        {
            ("not-found", _) => KnobReading.Unsupported(
                $"this node has no {unit}; take it out of the spec, or name it as systemctl list-units --all does"),
            (_, "inactive" or "failed") => KnobReading.Of(Stopped) with
            {
                Remark = triggers.Length == 0 ? null : $"{triggers} may start it again",
            },
            (_, { Length: > 0 }) => KnobReading.Of(Running) with { Veto = Kept(properties["Id"]) ?? Dependents(host.Files, properties) },
            _ => KnobReading.Failed($"systemctl show {unit} said nothing of its ActiveState"),
        };
    }

    public override string? Write(HostView host, string value)
    {
        var verb = value == Stopped ? "stop" : "start";
        var outcome = host.Files.RunOnHost("systemctl", [verb, "--", unit]);
        return outcome.Succeeded ? null : $"systemctl {verb} {unit}: {outcome.Error}";
    }

    /// <summary>
    /// Why the unit behind a name is not to be stopped: names may be others' aliases (<c>Alias=</c>, systemd.unit(5)). A veto, so that one
    /// that is stopped is started again.
    /// </summary>
    private string? Kept(string id) => id.Length > 0 && id != unit && StoppableUnits.Check(id, Prefix) is { } refusal
        ? $"it is {id}, which {refusal.Problem}; {refusal.Remedy}"
        : null;

    /// <summary>
    /// What would stop with the unit (<c>Requires=</c>, <c>BindsTo=</c>, <c>PartOf=</c>, systemd.unit(5)), by itself or by what is in
    /// between.
    /// </summary>
    private string? Dependents(IHost host, UnitProperties properties)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { unit };
        for (var pending = Next([properties]); pending.Count > 0;)
        {
            if (UnitProperties.Read(host, pending, out var problem) is not { } found)
            {
                return $"whether other units would stop with it cannot be seen: systemctl show {string.Join(' ', pending)}: {problem}";
            }

            if (found.Where(other => other.IsActive).Select(other => other["Id"]).ToList() is { Count: > 0 } active)
            {
                return $"{string.Join(", ", active)} would stop with it "
                    + $"(RequiredBy, BoundBy, ConsistsOf or PropagatesStopTo of systemctl show {unit}); "
                    + "take it out of the spec, or stop those first, by stoppedServices or on the node";
            }

            pending = Next(found);
        }

        return null;

        List<string> Next(IEnumerable<UnitProperties> units) => [.. units.SelectMany(one => one.StopWithIt).Where(seen.Add)];
    }

    public override string Shortfall(string wished, string found) =>
        $"asked for {unit} to be {wished}, and it is {found}; see journalctl -u {unit} on the node";

    private static IEnumerable<Wish> Wishes(NodeTuningSpec spec, HostView host) => spec.StoppedServices.Select(unit =>
        StoppableUnits.Check(unit, Prefix) is { } refusal
            ? Wish.Refused($"{Prefix}[{unit}]", Stopped, $"{refusal.Problem}; {refusal.Remedy}")
            : Wish.For(new ServiceKnob(unit), Stopped));
}
