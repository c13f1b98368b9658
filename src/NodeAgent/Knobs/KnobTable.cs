using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs;

/// <summary>A kind of knob: where it stands in the spec, and how its knobs are made from a spec and from the journal.</summary>
/// <param name="Prefix">Path in the spec; a knob's path is <c>PREFIX[KEY]</c>.</param>
/// <param name="Wishes">Knobs and values that a spec asks for.</param>
/// <param name="FromKey">Makes the knob for a key that the journal has; null when no such key can be.</param>
internal sealed record KnobKind(string Prefix, Func<NodeTuningSpec, IEnumerable<Wish>> Wishes, Func<string, Knob?> FromKey);

/// <summary>All knobs, in the order in which they are set: what others depend on first. They are restored in the opposite order.</summary>
internal static class KnobTable
{
    public static IReadOnlyList<KnobKind> Kinds { get; } =
    [
        VirtualWireKnob.Kind,
        SysctlKnob.Kind,
        HugePagesKnob.Kind,
        InterfaceKnob.Kind,
    ];

    /// <summary>Position of a knob in the order of setting.</summary>
    public static int Order(string path)
    {
        var prefix = path.Split('[')[0];
        return Kinds.TakeWhile(kind => kind.Prefix != prefix).Count();
    }

    /// <summary>The knob of that path, or null when this agent knows none such: the journal of a newer agent.</summary>
    public static Knob? Find(string path)
    {
        var bracket = path.IndexOf('[', StringComparison.Ordinal);
        return bracket > 0 && path.EndsWith(']')
            ? Kinds.FirstOrDefault(kind => kind.Prefix == path[..bracket])?.FromKey(path[(bracket + 1)..^1])
            : null;
    }
}
