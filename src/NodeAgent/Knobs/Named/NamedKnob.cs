using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;

namespace Latlab.NodeAgent.Knobs.Named;

/// <summary>
/// Things with a name and a value each, that come and go while the node runs: threads, containers. One knob for all of them. What appears
/// later has not drifted, and what went away is let be.
/// </summary>
internal abstract class NamedKnob(string path) : Knob(path)
{
    /// <summary>Why there can be no values here; null when there can.</summary>
    protected abstract KnobReading? Obstacle(HostView host);

    /// <summary>What there is, by name.</summary>
    protected abstract IEnumerable<KeyValuePair<string, string>> Values(HostView host);

    /// <summary>Sets one. Returns why that failed, otherwise null.</summary>
    protected abstract string? Set(HostView host, string name, string value);

    /// <summary>The value that a wish means for one of them; null when the wish is not about it.</summary>
    protected virtual string? Meant(string wish, string name) => wish;

    public override bool ComesAndGoes => true;

    public override KnobReading Read(HostView host) => Obstacle(host) ?? KnobReading.Of(NamedValues.Format(Values(host)));

    public override string? Write(HostView host, string value)
    {
        if (Obstacle(host) is { } obstacle)
        {
            return obstacle.Reason;
        }

        var found = new Dictionary<string, string>(Values(host));
        var failures = NamedValues.Parse(value)
            .Where(entry => found.TryGetValue(entry.Key, out var present) && present != entry.Value)
            .Select(entry => Set(host, entry.Key, entry.Value))
            .OfType<string>()
            .ToList();
        return ManyValues.Failure(failures);
    }

    /// <summary>Only of what is there: what comes later is new then.</summary>
    public override string Target(string wish, JournalEntry? entry, KnobReading found)
    {
        var prior = NamedValues.Parse(entry?.Prior ?? "");
        return NamedValues.Format(NamedValues.Parse(found.Value ?? "")
            .Select(present => KeyValuePair.Create(
                present.Key,
                (found.Excepted.Contains(present.Key) ? null : Meant(wish, present.Key))
                    ?? prior.GetValueOrDefault(present.Key, present.Value))));
    }

    /// <summary>Without what went away: names of containers never come again, and a journal must not grow with each.</summary>
    public override string Extend(JournalEntry entry, string found)
    {
        var known = NamedValues.Parse(entry.Prior);
        return NamedValues.Format(NamedValues.Parse(found)
            .Select(present => KeyValuePair.Create(present.Key, known.GetValueOrDefault(present.Key, present.Value))));
    }

    /// <summary>Of those that both have.</summary>
    public override bool Same(string left, string right) => Differing(left, right).Count == 0;

    public override string Shortfall(string wished, string found) => ManyValues.Shortfall(Differing(wished, found), NamedValues.Format);

    private static IReadOnlyList<(string Key, string Left, string Right)> Differing(string left, string right) =>
        ManyValues.Differing(NamedValues.Parse(left), NamedValues.Parse(right));
}
