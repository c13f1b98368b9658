using Latlab.NodeAgent.Knobs;

namespace Latlab.NodeAgent.Planning;

/// <summary>A value that a spec asks for: either for a knob, or refused from the spec alone.</summary>
internal sealed record Wish(string Path, string Value, Knob? Knob, string? Refusal)
{
    public static Wish For(Knob knob, string value) => new(knob.Path, value, knob, null);

    public static Wish Refused(string path, string value, string reason) => new(path, value, null, reason);
}
