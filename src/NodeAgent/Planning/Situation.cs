using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Knobs;

namespace Latlab.NodeAgent.Planning;

/// <summary>All that a decision about a knob depends on.</summary>
/// <param name="Knob">The knob.</param>
/// <param name="Wish">The value asked for; null when the spec no longer asks for any.</param>
/// <param name="Reading">What is there now.</param>
/// <param name="Entry">What the journal has on it.</param>
/// <param name="BootId">The running boot.</param>
/// <param name="Drift">What to do about a change by something else.</param>
/// <param name="Held">Whether the last attempt failed too short a time ago to try again.</param>
internal sealed record Situation(
    Knob Knob, string? Wish, KnobReading Reading, JournalEntry? Entry, string BootId, DriftPolicy Drift, bool Held)
{
    /// <summary>The journal's entry if it is about the running boot.</summary>
    public JournalEntry? Live => Knob.Live(Entry, BootId);

    /// <summary>The whole value to set; null when the spec asks for none.</summary>
    public string? Target => Wish is null ? null : Knob.Target(Wish, Live, Reading);

    /// <summary>The value to put back; of a knob with an entry.</summary>
    public string Prior => Knob.PriorOf(Entry!, Reading);

    /// <summary>Whether the value may be set now, be it the wished or the prior one.</summary>
    public bool MayWrite => !Held && Knob.Writable && Knob.Veto(Reading, Target ?? Prior, Live) is null;
}
