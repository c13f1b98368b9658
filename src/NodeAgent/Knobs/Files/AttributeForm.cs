using Latlab.Crds;

namespace Latlab.NodeAgent.Knobs.Files;

/// <summary>How a kernel attribute words its value, and how it wants to be told.</summary>
/// <param name="Parse">The value in what the file shows, without blanks around it. What cannot be understood stays as it is, and equals
/// nothing.</param>
/// <param name="Format">What to write for a value.</param>
internal sealed record AttributeForm(Func<string, string> Parse, Func<string, string> Format)
{
    /// <summary>The text itself.</summary>
    public static readonly AttributeForm Plain = new(text => text, value => value);

    /// <summary>One of several words, the one in force in brackets: <c>always [madvise] never</c>.</summary>
    public static readonly AttributeForm Choice = new(Chosen, value => value);

    /// <summary>CPUs as a list. The value is the list as the kernel would write it.</summary>
    public static readonly AttributeForm Cpus = new(
        text => CpuList.TryParse(text, out var cpus) ? CpuList.Format(cpus) : text, value => value);

    /// <summary>CPUs as a hexadecimal mask. The value is a list.</summary>
    public static readonly AttributeForm Mask = new(
        text => CpuMask.TryParse(text) is { Count: > 0 } cpus ? CpuList.Format(cpus) : text, value => CpuList.TryParse(value, out var cpus) ? CpuMask.Format(cpus) : value);

    /// <summary>0 or 1, the other way round than the value.</summary>
    public static readonly AttributeForm Inverse = new(Inverted, Inverted);

    private static string Inverted(string flag) => flag switch
    {
        "0" => "1",
        "1" => "0",
        _ => flag,
    };

    private static string Chosen(string text)
    {
        var start = text.IndexOf('[', StringComparison.Ordinal);
        var end = text.IndexOf(']', StringComparison.Ordinal);
        return start >= 0 && end > start ? text[(start + 1)..end] : text;
    }
}
