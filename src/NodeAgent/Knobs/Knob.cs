using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs;

/// <summary>
/// One thing on the host that can be set, in four verbs: <see cref="Read"/>, <see cref="Plan"/>, <see cref="Journal"/>, <see
/// cref="Write"/>. Values are texts; a knob gets the same text for a wish, for the journal and for the ledger.
/// </summary>
internal abstract class Knob(string path)
{
    /// <summary>Name in the ledger and in the journal: the path in the spec.</summary>
    public string Path { get; } = path;

    /// <summary>Where on the host the value is read, unless a reading says another place.</summary>
    public abstract string Evidence { get; }

    /// <summary>Whether the agent ever changes it; false for what is only verified.</summary>
    public virtual bool Writable => true;

    /// <summary>Whether a value that was set stays through a reboot, and the journal's entry with it.</summary>
    public virtual bool OutlivesBoot => false;

    /// <summary>
    /// Whether its value is of things that come and go without anybody's tuning: threads, containers. When all that are there are as
    /// wished, the tuning is the same.
    /// </summary>
    public virtual bool ComesAndGoes => false;

    /// <summary>Reads the value as it is now, from the kernel; after a write, too.</summary>
    public abstract KnobReading Read(HostView host);

    /// <summary>Decides what to do. Pure.</summary>
    public virtual IEnumerable<Step> Plan(Situation situation) => KnobPlanner.Plan(situation);

    /// <summary>The value to go back to one day, given what was read before the first change.</summary>
    public virtual string Journal(KnobReading before) => before.Value!;

    /// <summary>Sets the value, be it a wished or a prior one. Returns why that failed, otherwise null.</summary>
    public abstract string? Write(HostView host, string value);

    /// <summary>
    /// The whole value to set for a wish, which may be about a part of it: what it is not about keeps, or gets back, what it had.
    /// </summary>
    /// <param name="wish">The wish.</param>
    /// <param name="entry">What the journal has of this boot; null when nothing was set yet.</param>
    /// <param name="found">What is there now.</param>
    public virtual string Target(string wish, JournalEntry? entry, KnobReading found) => wish;

    /// <summary>The journal's entry, if it still says something in a boot.</summary>
    public JournalEntry? Live(JournalEntry? entry, string bootId) => OutlivesBoot || entry?.BootId == bootId ? entry : null;

    /// <summary>The prior value with that of what appeared since, given what is there now.</summary>
    public virtual string Extend(JournalEntry entry, string found) => entry.Prior;

    /// <summary>A value without what cannot be set.</summary>
    public virtual string Without(string value, IEnumerable<int> immovable) => value;

    /// <summary>Why the value must not be changed from the one found to another one; null when it may be. Pure.</summary>
    /// <param name="found">What is there now.</param>
    /// <param name="target">The other one.</param>
    /// <param name="entry">What the journal has of this boot; null when nothing was set yet.</param>
    public virtual string? Veto(KnobReading found, string target, JournalEntry? entry) => found.Veto;

    /// <summary>The value to put back, given what is there now: of the prior one what was ours to change.</summary>
    public virtual string PriorOf(JournalEntry entry, KnobReading found) => entry.Prior;

    /// <summary>Whether two texts mean the same value.</summary>
    public virtual bool Same(string left, string right) => left == right;

    /// <summary>Why the value is <paramref name="found"/> though <paramref name="wished"/> was asked for, and what to do.</summary>
    public virtual string Shortfall(string wished, string found) => $"asked for {wished}, read back {found}";
}
