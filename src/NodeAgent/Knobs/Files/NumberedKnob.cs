using Latlab.Crds;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;

namespace Latlab.NodeAgent.Knobs.Files;

/// <summary>
/// Files of the kernel with a value each: one knob for all of them, so that a node with hundreds of CPUs has a line for it in the ledger, and not
/// hundreds. A wish may be about some; the others keep, or get back, what they had.
/// </summary>
internal class NumberedKnob(string path, NumberedFiles files, AttributeForm form) : Knob(path)
{
    public override string Evidence => files.Pattern;

    protected NumberedFiles Files => files;

    public override KnobReading Read(HostView host)
    {
        var values = new SortedDictionary<int, string>();
        foreach (var number in files.Numbers(host.Files))
        {
            switch (host.Files.Read(files.Of(number)))
            {
                case { Text: { } text }:
                    values.Add(number, form.Parse(text.Trim()));
                    break;
                case { Problem: { } problem }:
                    return KnobReading.Failed($"{files.Of(number)}: {problem}");
            }
        }

        return values.Count > 0 ? KnobReading.Of(NumberedValues.Format(values)) : KnobReading.Unsupported(
            $"this node has no {files.Pattern}; take {Path} out of the spec, or run a kernel and a machine that have it");
    }

    public override string? Write(HostView host, string value)
    {
        var failures = new List<string>();
        foreach (var (number, wanted) in NumberedValues.Parse(value))
        {
            // What came and went since the value was noted is let be; and a kernel may act on a write that changes nothing.
            if (host.Files.Read(files.Of(number)).Text is not { } text || form.Parse(text.Trim()) == wanted
                || host.Files.WriteAttribute(files.Of(number), form.Format(wanted)) is not { } problem)
            {
                continue;
            }

            if (IsImmovable(host, number, problem))
            {
                host.Immovable.Add(number);
            }
            else
            {
                failures.Add($"{files.Of(number)}: the kernel refused \"{form.Format(wanted)}\": {problem}");
            }
        }

        return failures.Count switch
        {
            0 => null,
            1 => failures[0],
            _ => $"{failures[0]}, and {failures.Count - 1} more like it",
        };
    }

    public override string Target(string wish, JournalEntry? entry, KnobReading found)
    {
        var target = NumberedValues.Parse(found.Value ?? "");
        foreach (var (number, value) in NumberedValues.Parse(entry?.Prior ?? "").Concat(NumberedValues.Parse(wish)))
        {
            target[number] = value;
        }

        return Without(NumberedValues.Format(target), entry?.ImmovableNumbers ?? []);
    }

    public override string Extend(string prior, string found)
    {
        var extended = NumberedValues.Parse(found);
        foreach (var (number, value) in NumberedValues.Parse(prior))
        {
            extended[number] = value;
        }

        return NumberedValues.Format(extended);
    }

    public override string Without(string value, IEnumerable<int> immovable)
    {
        var rest = NumberedValues.Parse(value);
        foreach (var number in immovable)
        {
            rest.Remove(number);
        }

        return NumberedValues.Format(rest);
    }

    /// <summary>Of those that both have: CPUs and interrupts come and go.</summary>
    public override bool Same(string left, string right)
    {
        var values = NumberedValues.Parse(right);
        return NumberedValues.Parse(left).All(entry => !values.TryGetValue(entry.Key, out var value) || value == entry.Value);
    }

    public override string Shortfall(string wished, string found)
    {
        var values = NumberedValues.Parse(found);
        var differ = NumberedValues.Parse(wished).Where(entry => values.TryGetValue(entry.Key, out var value) && value != entry.Value).ToList();
        return $"asked for {NumberedValues.Format(differ)}, read back {NumberedValues.Format(differ.Select(entry => KeyValuePair.Create(entry.Key, values[entry.Key])))}";
    }

    /// <summary>Whether that answer to a write means that this one can never be set.</summary>
    protected virtual bool IsImmovable(HostView host, int number, string problem) => false;

    /// <summary>A wish for some of the numbers that there are; where there are none, the value says what was asked for.</summary>
    public static string Wish(IEnumerable<int> numbers, string value) =>
        NumberedValues.Format(numbers.Select(number => KeyValuePair.Create(number, value))) is { Length: > 0 } wish ? wish : value;

    /// <summary>Numbers as people write them.</summary>
    protected static string List(IEnumerable<int> numbers) => CpuList.Format(numbers.Order());
}
