using Latlab.Crds.NodeTunings;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs.Services;

/// <summary>A service or timer of the host's systemd, stopped while it is wished. It is not disabled: the next boot starts it, and the agent stops it again.</summary>
internal sealed class ServiceKnob(string unit) : Knob($"{Prefix}[{unit}]")
{
    public static readonly KnobKind Kind = new(Prefix, Wishes, key => StoppableUnits.IsUnit(key) ? new ServiceKnob(key) : null, new(
        "Services and timers that come between: firmware updates, package updates, balancers, collectors of statistics.", "systemctl show UNIT", "systemctl(1)",
        "The agent must reach the host's systemd: on the host itself, or in a pod with the host's whole tree. A timer or socket may start a service again: stop that one"));

    private const string Prefix = "stoppedServices";
    private const string Stopped = "stopped";
    private const string Running = "running";

    public override string Evidence => $"systemctl show {unit}";

    public override KnobReading Read(HostView host)
    {
        var shown = host.Files.RunOnHost("systemctl", ["show", "--property=LoadState,ActiveState,TriggeredBy", "--", unit]);
        if (!shown.Succeeded)
        {
            return KnobReading.Failed($"systemctl show {unit}: {shown.Error}");
        }

        var properties = shown.Output.Split('\n').Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2).ToLookup(parts => parts[0], parts => parts[1]);
        var triggers = properties["TriggeredBy"].FirstOrDefault();
        return (properties["LoadState"].FirstOrDefault(), properties["ActiveState"].FirstOrDefault()) switch
        {
            ("not-found", _) => KnobReading.Unsupported($"this node has no {unit}; take it out of the spec, or name it as systemctl list-units --all does"),
            (_, "inactive" or "failed") => KnobReading.Of(Stopped) with { Remark = string.IsNullOrEmpty(triggers) ? null : $"{triggers} may start it again" },
            (_, { Length: > 0 }) => KnobReading.Of(Running),
            _ => KnobReading.Failed($"systemctl show {unit} said nothing of its ActiveState"),
        };
    }

    public override string? Write(HostView host, string value)
    {
        var verb = value == Stopped ? "stop" : "start";
        var outcome = host.Files.RunOnHost("systemctl", [verb, "--", unit]);
        return outcome.Succeeded ? null : $"systemctl {verb} {unit}: {outcome.Error}";
    }

    public override string Shortfall(string wished, string found) => $"asked for {unit} to be {wished}, and it is {found}; see journalctl -u {unit} on the node";

    private static IEnumerable<Wish> Wishes(NodeTuningSpec spec, HostView host) => spec.StoppedServices.Select(unit =>
        StoppableUnits.Check(unit, Prefix) is { } refusal
            ? Wish.Refused($"{Prefix}[{unit}]", Stopped, $"{refusal.Problem}; {refusal.Remedy}")
            : Wish.For(new ServiceKnob(unit), Stopped));
}
