using System.Text.Json.Serialization;
using Latlab.NodeAgent.Knobs.Files;

namespace Latlab.NodeAgent.Journal;

/// <summary>What the agent found before it changed anything, and what it did since. Immutable.</summary>
internal sealed record JournalState
{
    /// <summary>The only layout that this agent reads and writes.</summary>
    public const int CurrentSchema = 1;

    public static readonly JournalState Empty = new() { Schema = CurrentSchema };

    public required int Schema { get; init; }

    /// <summary>Times that a value was found changed by something else, since the tuning began; knobs that left it included.</summary>
    public int Drifts { get; init; }

    /// <summary>Sorted by knob.</summary>
    public IReadOnlyList<JournalEntry> Entries { get; init; } = [];

    /// <summary>
    /// What devices were seen to be needed for when a wish would have taken them. With a setter: the generated reader would set it to null
    /// where an older agent wrote none.
    /// </summary>
    public IReadOnlyList<SeenUse> Uses { get; set; } = [];

    /// <summary>What a device was needed for when that wish would have taken it in that boot; null when nothing was seen.</summary>
    public SeenUse? FindUse(string knob, string wish, string bootId) =>
        Uses.FirstOrDefault(use => use.Knob == knob && use.Wish == wish && use.BootId == bootId);

    public JournalEntry? Find(string knob) => Entries.FirstOrDefault(entry => entry.Knob == knob);

    public JournalState With(JournalEntry entry) =>
        this with { Entries = [.. Entries.Where(e => e.Knob != entry.Knob).Append(entry).OrderBy(e => e.Knob, StringComparer.Ordinal)] };

    /// <summary>Without that knob. The drift count ends with the last one.</summary>
    public JournalState Without(string knob) =>
        Entries.Where(e => e.Knob != knob).ToList() is { Count: > 0 } rest ? this with { Entries = rest } : Empty with { Uses = Uses };

    public JournalState WithUse(SeenUse use) => WithoutUse(use.Knob) with { Uses = [.. Uses.Where(u => u.Knob != use.Knob), use] };

    public JournalState WithoutUse(string knob) => this with { Uses = [.. Uses.Where(use => use.Knob != knob)] };
}

/// <summary>
/// A device was needed when a wish would have taken it. That what it carries is away in the next look means nothing: a switch that reboots
/// takes an address away for a moment.
/// </summary>
/// <param name="Knob">The knob.</param>
/// <param name="Wish">What was asked for. When the spec asks for something else, it was seen and thought about.</param>
/// <param name="BootId">The boot in which it was seen.</param>
/// <param name="Reason">What it was needed for.</param>
internal sealed record SeenUse(string Knob, string Wish, string BootId, string Reason);

/// <summary>One knob in the journal.</summary>
internal sealed record JournalEntry
{
    public required string Knob { get; init; }

    /// <summary>The value before our first write in <see cref="BootId"/>. Never replaced by a value of ours.</summary>
    public required string Prior { get; init; }

    /// <summary>
    /// The boot in which <see cref="Prior"/> was read. In another boot the kernel has its own values again, and this entry says nothing of
    /// them.
    /// </summary>
    public required string BootId { get; init; }

    /// <summary>What we wrote, or were about to; null when the wished value was there without us.</summary>
    public string? Written { get; init; }

    /// <summary>The value last read back as wished: what something else must have changed when it is another one.</summary>
    public string? Verified { get; init; }

    /// <summary>
    /// Numbers (of interrupts) that the kernel lets nobody set, and what they are of: <c>24=nvme0q1</c>; null when there are none.
    /// </summary>
    public string? Immovable { get; init; }

    /// <summary>The same, one by one.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<int, string> ImmovableNumbers => NumberedValues.Parse(Immovable ?? "");

    /// <summary>The drift that is counted already and not yet repaired.</summary>
    public string? DriftFound { get; init; }

    public int Drifts { get; init; }
}
