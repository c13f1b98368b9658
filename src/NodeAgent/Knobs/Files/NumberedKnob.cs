using Latlab.Crds;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;

namespace Latlab.NodeAgent.Knobs.Files;

/// <summary>
/// Files of the kernel with a value each: one knob for all of them, so that a node with hundreds of CPUs has a line for it in the ledger,
/// and not hundreds. A wish may be about some; the others keep, or get back, what they had.
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
                host.Immovable[number] = Identity(host, number);
            }
            else
            {
                failures.Add($"{files.Of(number)}: the kernel refused \"{form.Format(wanted)}\": {problem}");
            }
        }

        return ManyValues.Failure(failures);
    }

    /// <summary>
    /// Of the numbers that the wish is about, and of those that it was about and that do not have their prior values again; others are
    /// somebody else's.
    /// </summary>
    public override string Target(string wish, JournalEntry? entry, KnobReading found)
    {
        var target = entry is null ? new() : Owed(entry);
        foreach (var (number, value) in NumberedValues.Parse(wish))
        {
            target[number] = value;
        }

        return Without(NumberedValues.Format(target), found.Immovable);
    }

    public override string PriorOf(JournalEntry entry, KnobReading found) => NumberedValues.Format(Owed(entry));

    /// <summary>
    /// Prior values of what we changed. They are given back when the journal says of a number that its prior value was written, and read
    /// back; killed, or refused, before that, it only says the former.
    /// </summary>
    private static SortedDictionary<int, string> Owed(JournalEntry entry)
    {
        var (prior, written) = (NumberedValues.Parse(entry.Prior), NumberedValues.Parse(entry.Written ?? ""));
        var verified = entry.Verified is { } text ? NumberedValues.Parse(text) : null;
        var owed = new SortedDictionary<int, string>();
        foreach (var (number, value) in prior.Where(one => written.ContainsKey(one.Key)))
        {
            var isBack = written[number] == value && verified is not null
                && (!verified.TryGetValue(number, out var last) || last == value);
            if (!isBack)
            {
                owed[number] = value;
            }
        }

        return owed;
    }

    /// <summary>A number that was never ours may have got another value since the others were noted.</summary>
    public override string Extend(JournalEntry entry, string found)
    {
        var ours = entry.Written is { } written ? NumberedValues.Parse(written) : null;
        var known = NumberedValues.Parse(entry.Prior).Where(one => ours?.ContainsKey(one.Key) != false).ToDictionary();
        return NumberedValues.Format(ManyValues.Extended(known, NumberedValues.Parse(found)));
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
    public override bool Same(string left, string right) => Differing(left, right).Count == 0;

    public override string Shortfall(string wished, string found) => ManyValues.Shortfall(Differing(wished, found), NumberedValues.Format);

    private static IReadOnlyList<(int Key, string Left, string Right)> Differing(string left, string right) =>
        ManyValues.Differing(NumberedValues.Parse(left), NumberedValues.Parse(right));

    /// <summary>Whether that answer to a write means that this one can never be set.</summary>
    protected virtual bool IsImmovable(HostView host, int number, string problem) => false;

    /// <summary>
    /// What a number is of now: the kernel gives the number of an interrupt that went away to another one. Without blanks.
    /// </summary>
    protected virtual string Identity(HostView host, int number) => "";

    /// <summary>A wish for some of the numbers that there are; where there are none, the value says what was asked for.</summary>
    public static string Wish(IEnumerable<int> numbers, string value) =>
        NumberedValues.Format(numbers.Select(number => KeyValuePair.Create(number, value))) is { Length: > 0 } wish ? wish : value;

    /// <summary>Numbers as people write them.</summary>
    protected static string List(IEnumerable<int> numbers) => CpuList.Format(numbers.Order());
}
