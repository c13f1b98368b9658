namespace Latlab.NodeAgent.Knobs;

/// <summary>What reading a knob gave: a value, or why there is none.</summary>
internal sealed record KnobReading(ReadingKind Kind, string? Value, string? Reason)
{
    /// <summary>Where it was read when that depends on the node; null when it is the knob's usual place.</summary>
    public string? Source { get; init; }

    /// <summary>What to say of the value though it may be the one wished; null for nothing.</summary>
    public string? Remark { get; init; }

    /// <summary>What only a reboot does about a value that is set for the next boot; null for nothing.</summary>
    public string? Pending { get; init; }

    /// <summary>What is configured, where that is not what the journal has of this very knob.</summary>
    public string? Configured { get; init; }

    /// <summary>Whether it is there in the running boot, where that does not follow from who wrote it when.</summary>
    public bool? Present { get; init; }

    /// <summary>Why the value must not be changed now: what was wrong, and what to do; null when it may be.</summary>
    public string? Veto { get; init; }

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
