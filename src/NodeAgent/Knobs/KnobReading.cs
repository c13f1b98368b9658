using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Journal;

namespace Latlab.NodeAgent.Knobs;

/// <summary>What reading a knob gave: a value, or why there is none.</summary>
internal sealed record KnobReading(ReadingKind Kind, string? Value, string? Reason)
{
    /// <summary>Where it was read when that depends on the node; null when it is the knob's usual place.</summary>
    public string? Source { get; init; }

    /// <summary>What to say of the value though it may be the one wished; null for nothing.</summary>
    public string? Remark { get; init; }

    /// <summary>
    /// The verdict when the value is not the one wished, and why, where the reading knows more than the value says; else the knob tells.
    /// </summary>
    public (KnobState State, string Reason)? Unmet { get; init; }

    /// <summary>What only a reboot does about a value that is set for the next boot; null for nothing.</summary>
    public string? Pending { get; init; }

    /// <summary>What is configured, where that is not what the journal has of this very knob.</summary>
    public string? Configured { get; init; }

    /// <summary>Where it is configured, where that is not where it is read.</summary>
    public string? ConfiguredIn { get; init; }

    /// <summary>Whether it is there in the running boot, where that does not follow from who wrote it when.</summary>
    public bool? Present { get; init; }

    /// <summary>Why the value must not be changed now: what was wrong, and what to do; null when it may be.</summary>
    public string? Veto { get; init; }

    /// <summary>Parts of the value that must not go now, and why.</summary>
    public IReadOnlyDictionary<string, string> Needed { get; init; } = new Dictionary<string, string>();

    /// <summary>What goes into the journal as the prior value where that is more than the value; null where it is not.</summary>
    public string? Whole { get; init; }

    /// <summary>Numbers that the journal has as immovable, and that are still of what they were then.</summary>
    public IReadOnlyList<int> Immovable { get; init; } = [];

    /// <summary>Names that no wish is about, as things are now.</summary>
    public IReadOnlySet<string> Excepted { get; init; } = new HashSet<string>();

    /// <summary>Whether <see cref="Veto"/> is of what the node was seen to need, and stays in force in the looks to come.</summary>
    public bool VetoStays { get; init; }

    /// <summary>With the veto of a use that was seen in an earlier look.</summary>
    public KnobReading After(SeenUse? use) => use is null || Veto is not null ? this : this with
    {
        Veto = $"in this boot it was seen that {use.Reason}. It is so no more, but may be again in a moment, so nothing is changed: "
            + "take the field out of the spec and put it in again to have it changed all the same, or reboot the node",
    };

    /// <summary>
    /// Whether what the knob is about is gone, so that it comes back, if it does, with values of its own; otherwise it may only be out of
    /// sight.
    /// </summary>
    public bool IsGone { get; init; }

    /// <summary>This node does not have it, and what was set on it went with it.</summary>
    public static KnobReading Gone(string reason) => Unsupported(reason) with { IsGone = true };

    public static KnobReading Of(string value) => new(ReadingKind.Value, value, null);

    public static KnobReading Unsupported(string reason) => new(ReadingKind.Unsupported, null, reason);

    public static KnobReading Refused(string reason) => new(ReadingKind.Refused, null, reason);

    public static KnobReading Failed(string reason) => new(ReadingKind.Failed, null, reason);
}

/// <summary>Kinds of readings.</summary>
internal enum ReadingKind
{
    /// <summary>The kernel gave a value.</summary>
    Value,

    /// <summary>This node does not have the knob.</summary>
    Unsupported,

    /// <summary>What is there is not ours to touch.</summary>
    Refused,

    /// <summary>It is there and cannot be read.</summary>
    Failed,
}
