using Latlab.NodeAgent.Knobs;

namespace Latlab.NodeAgent.Planning;

/// <summary>One thing to do, as data.</summary>
internal abstract record Step(Knob Knob)
{
    /// <summary>The step as one word, for people and programs.</summary>
    public abstract string Action { get; }

    /// <summary>What is there now.</summary>
    public virtual string? From => null;

    /// <summary>What will be.</summary>
    public virtual string? To => null;

    /// <summary>Whether it changes the host, and not only the journal.</summary>
    public virtual bool ChangesHost => false;
}

/// <summary>The wished value is there before our first write: note it, so that a later change by something else is seen.</summary>
internal sealed record Adopt(Knob Knob, string Value, string Prior, string? Written) : Step(Knob)
{
    public override string Action => "adopt";

    public override string? To => Value;
}

/// <summary>Write a value. <paramref name="Prior"/> goes into the journal first; null when it is there.</summary>
internal sealed record Change(Knob Knob, string Found, string Wish, string? Prior) : Step(Knob)
{
    public override string Action => "change";

    public override string? From => Found;

    public override string? To => Wish;

    public override bool ChangesHost => true;
}

/// <summary>The wished value was read back: note it.</summary>
internal sealed record Confirm(Knob Knob, string Value) : Step(Knob)
{
    public override string Action => "confirm";

    public override string? To => Value;
}

/// <summary>Something else changed the value: count it.</summary>
internal sealed record NoteDrift(Knob Knob, string Expected, string Found) : Step(Knob)
{
    public override string Action => "count drift";

    public override string? From => Expected;

    public override string? To => Found;
}

/// <summary>The knob left the spec: write its prior value, and forget it once that was read back.</summary>
internal sealed record Restore(Knob Knob, string? Found, string Prior) : Step(Knob)
{
    public override string Action => "restore";

    public override string? From => Found;

    public override string? To => Prior;

    public override bool ChangesHost => true;
}

/// <summary>The wish would take what the node needs: note it, as what shows that may be away in the next look.</summary>
internal sealed record NoteUse(Knob Knob, string Wish, string Reason) : Step(Knob)
{
    public override string Action => "note use";
}

/// <summary>That wish is no more, or the boot in which the use was seen.</summary>
internal sealed record ForgetUse(Knob Knob) : Step(Knob)
{
    public override string Action => "forget use";
}

/// <summary>The knob left the spec and nothing is to be put back.</summary>
internal sealed record Forget(Knob Knob, string Why) : Step(Knob)
{
    public override string Action => "forget";
}
