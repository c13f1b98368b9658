using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;

namespace Latlab.NodeAgent.Knobs.Named;

/// <summary>
/// Things with a name and a value each, that come and go while the node runs: threads, containers. One knob for all of them. What appears later has not drifted, and what
/// went away is let be.
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
        return failures.Count switch
        {
            0 => null,
            1 => failures[0],
            _ => $"{failures[0]}, and {failures.Count - 1} more like it",
        };
    }

    /// <summary>Only of what is there: what comes later is new then.</summary>
    public override string Target(string wish, JournalEntry? entry, KnobReading found)
    {
        var prior = NamedValues.Parse(entry?.Prior ?? "");
        return NamedValues.Format(NamedValues.Parse(found.Value ?? "")
            .Select(present => KeyValuePair.Create(present.Key, Meant(wish, present.Key) ?? prior.GetValueOrDefault(present.Key, present.Value))));
    }

    /// <summary>Without what went away: names of containers never come again, and a journal must not grow with each.</summary>
    public override string Extend(string prior, string found)
    {
        var known = NamedValues.Parse(prior);
        return NamedValues.Format(NamedValues.Parse(found)
            .Select(present => KeyValuePair.Create(present.Key, known.GetValueOrDefault(present.Key, present.Value))));
    }

    /// <summary>Of those that both have.</summary>
    public override bool Same(string left, string right)
    {
        var values = NamedValues.Parse(right);
        return NamedValues.Parse(left).All(entry => !values.TryGetValue(entry.Key, out var value) || value == entry.Value);
    }

    public override string Shortfall(string wished, string found)
    {
        var values = NamedValues.Parse(found);
        var differ = NamedValues.Parse(wished).Where(entry => values.TryGetValue(entry.Key, out var value) && value != entry.Value).ToList();
        return $"asked for {NamedValues.Format(differ)}, read back {NamedValues.Format(differ.Select(entry => KeyValuePair.Create(entry.Key, values[entry.Key])))}";
    }
}
