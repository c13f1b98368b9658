using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs.Files;

namespace Latlab.NodeAgent.Knobs.Cpu;

/// <summary>
/// Who chooses frequencies. A switch sets governors, percentages and boost to what the driver begins with, and not all drivers have all
/// governors: they are journaled with it, and set again after each switch, except those that the spec is about, which keep what they have.
/// </summary>
/// <param name="files">Where it is set.</param>
/// <param name="beside">What begins anew with it, in the order of setting.</param>
internal sealed class PerformanceDriverKnob(FileKnob files, params IReadOnlyList<Knob> beside) : Knob(files.Path)
{
    private const string BetweenParts = "; ";
    private const string AfterName = ": ";

    public override string Evidence => files.Evidence;

    public override KnobReading Read(HostView host) => files.Read(host) is { Value: { } driver } reading
        ? reading with { Whole = string.Join(BetweenParts, [driver, .. Beside(host).Select(part => part.Key + AfterName + part.Value)]) }
        : files.Read(host);

    public override string Journal(KnobReading before) => before.Whole!;

    public override bool Same(string left, string right) => Driver(left) == Driver(right);

    public override string Shortfall(string wished, string found) => base.Shortfall(Driver(wished), Driver(found));

    /// <summary>
    /// That the driver has no such governor is not its failure: what a governor's own knob asks for is set next, by that.
    /// </summary>
    public override string? Write(HostView host, string value)
    {
        var before = Beside(host);
        if (files.Write(host, Driver(value)) is { } failure)
        {
            return failure;
        }

        var noted = value.Split(BetweenParts).Skip(1)
            .Select(part => part.Split(AfterName, 2))
            .ToDictionary(part => part[0], part => part[^1]);
        foreach (var knob in beside)
        {
            var own = host.Journal.Find(knob.Path) is not null ? null : noted.GetValueOrDefault(knob.Path);
            if ((own ?? before.GetValueOrDefault(knob.Path)) is { } wanted)
            {
                _ = knob.Write(host, wanted);
            }
        }

        return null;
    }

    private Dictionary<string, string> Beside(HostView host) => beside
        .Select(knob => (knob.Path, knob.Read(host).Value))
        .Where(part => part.Value is not null)
        .ToDictionary(part => part.Path, part => part.Value!);

    private static string Driver(string value) => value.Split(BetweenParts)[0];
}
