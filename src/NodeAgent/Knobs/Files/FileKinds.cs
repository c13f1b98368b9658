using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs.Files;

/// <summary>Makes kinds of knobs that are files of the kernel.</summary>
internal static class FileKinds
{
    /// <summary>One file, whatever the host is like.</summary>
    /// <param name="path">Path in the spec.</param>
    /// <param name="value">What the spec asks for; null for nothing.</param>
    /// <param name="text">For the reference.</param>
    /// <param name="files">The file, or those of which kernels have one.</param>
    public static KnobKind One(
        string path, Func<NodeTuningSpec, string?> value, KnobText text, params (string File, AttributeForm Form)[] files) =>
        One(new FileKnob(path, files), value, text);

    /// <summary>The same, for a knob that is more than a file.</summary>
    public static KnobKind One(Knob knob, Func<NodeTuningSpec, string?> value, KnobText text)
    {
        return new(knob.Path, Wishes, Only(knob), text);

        IEnumerable<Wish> Wishes(NodeTuningSpec spec, HostView host) => value(spec) is { } wished ? [Wish.For(knob, wished)] : [];
    }

    /// <summary>A file for each of some numbers.</summary>
    /// <param name="knob">The knob.</param>
    /// <param name="value">What the spec asks for; null for nothing.</param>
    /// <param name="select">The numbers that a wish is about, for the isolated CPUs or, with null, for all.</param>
    /// <param name="text">For the reference.</param>
    public static KnobKind EachOf(
        NumberedKnob knob, Func<NodeTuningSpec, string?> value, Func<HostView, IReadOnlyList<int>?, IEnumerable<int>> select, KnobText text)
    {
        return new(knob.Path, Wishes, Only(knob), text);

        IEnumerable<Wish> Wishes(NodeTuningSpec spec, HostView host)
        {
            if (value(spec) is not { } wished)
            {
                return [];
            }

            var cpus = NodeCpus.Isolated(host, spec.Cpu?.Isolated, out var refusal);
            var numbers = refusal is null ? select(host, cpus).ToList() : [];
            if (refusal is null && numbers.Count == 0 && knob.Read(host).Value is not null)
            {
                refusal = $"none of the CPUs {spec.Cpu!.Isolated} has {knob.Evidence}; take {knob.Path} out of the spec, or name other "
                    + "CPUs";
            }

            return [refusal is null ? Wish.For(knob, NumberedKnob.Wish(numbers, wished)) : Wish.Refused(knob.Path, wished, refusal)];
        }
    }

    /// <summary>Finds a knob again of which there is but one.</summary>
    public static Func<string, Knob?> Only(Knob knob) => key => key.Length == 0 ? knob : null;
}
