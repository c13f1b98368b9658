using Latlab.Crds;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>Where a kernel shows what it made of an argument: that it was on the command line does not say that it is in effect.</summary>
/// <param name="Where">For people.</param>
/// <param name="Look">What is there; null where this kernel shows nothing.</param>
internal sealed record Proof(string Where, Func<HostView, KernelArgument, Finding?> Look)
{
    /// <summary>A file with a text.</summary>
    public static Proof Text(string file, params string[] right) => Of(file, right[0], right.Contains);

    /// <summary>A file that offers several values, and marks the one that counts.</summary>
    public static Proof Choice(string file, char open, char close) => new(file, (host, argument) =>
        Compare(host, file, argument.Value ?? "", found => found.Contains($"{open}{argument.Value}{close}", StringComparison.Ordinal)));

    /// <summary>A file with a text that must be so.</summary>
    public static Proof Of(string file, string expected, Func<string, bool> isMet) => new(file, (host, _) => Compare(host, file, expected, isMet));

    /// <summary>A file with the argument's CPUs.</summary>
    public static Proof Cpus(string file) => new(file, (host, argument) => Cpus(host, file, argument));

    public static Finding? Cpus(HostView host, string file, KernelArgument argument) => Asked(argument) is { } asked
        ? Compare(host, file, CpuList.Format(asked), found => CpuList.TryParse(found, out var cpus) && asked.SequenceEqual(cpus))
        : null;

    /// <summary>A file that is there.</summary>
    public static Proof Present(string file) =>
        new(file, (host, _) => new(file) { Contradiction = host.Files.Exists(file) ? null : $"there is no {file}" });

    /// <summary>A file, or a directory, that is not there.</summary>
    public static Proof Absent(string file) =>
        new($"{file} (none)", (host, _) => new(file) { Contradiction = host.Files.Exists(file) ? $"there is {file}" : null });

    /// <summary>A file held against what is expected there; null when there is none.</summary>
    public static Finding? Compare(HostView host, string file, string expected, Func<string, bool> isMet) =>
        host.Files.Read(file) is not { Text: { } text } ? null
            : new(file) { Contradiction = isMet(text.Trim()) ? null : $"{file} is \"{text.Trim()}\" and not {expected}" };

    /// <summary>The CPUs that an argument names; null when it names none.</summary>
    public static IReadOnlyList<int>? Asked(KernelArgument argument) => argument.Value is { } value ? KernelArgument.Cpus(value) : null;
}

/// <summary>What a kernel shows of an argument.</summary>
/// <param name="File">Where.</param>
internal sealed record Finding(string File)
{
    /// <summary>What is wrong there; null when it is as asked for.</summary>
    public string? Contradiction { get; init; }

    /// <summary>Whether what is wrong is that the kernel has none of it at all.</summary>
    public bool IsLacking { get; init; }

    /// <summary>What to say though nothing is wrong; null for nothing.</summary>
    public string? Remark { get; init; }
}
