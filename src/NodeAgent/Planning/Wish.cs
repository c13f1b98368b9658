using Latlab.NodeAgent.Knobs;

namespace Latlab.NodeAgent.Planning;

/// <summary>A value that a spec asks for: either for a knob, or refused from the spec alone, or not known.</summary>
internal sealed record Wish(string Path, string Value, Knob? Knob, string? Refusal)
{
    private const int LongestPath = 300;
    private const int LongestValue = 80;

    /// <summary>Whether what is asked for of a whole kind of knobs could not be found out, for the reason in <see cref="Refusal"/>.</summary>
    public bool IsUnknown { get; init; }

    public static Wish Unknown(string kind, string reason) => Refused(kind, "?", reason) with { IsUnknown = true };

    public static Wish For(Knob knob, string value) => new(knob.Path, value, knob, null);

    /// <summary>What people wrote may hold anything, and goes to a terminal and to a status: printable, and short.</summary>
    public static Wish Refused(string path, string value, string reason) => new(Printable(path, LongestPath), Printable(value, LongestValue), null, reason);

    private static string Printable(string? text, int most) => new([.. (text ?? "").Take(most).Select(c => c is < ' ' or > '~' ? '?' : c)]);
}
