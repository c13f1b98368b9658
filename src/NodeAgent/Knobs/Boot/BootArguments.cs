using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>The boot arguments of a spec on a host.</summary>
/// <param name="Possible">Those that can be.</param>
/// <param name="Refused">Those that cannot, and why.</param>
/// <param name="Foreign">What others have in the boot configuration, for each kernel; empty where latlab does not write to it.</param>
internal sealed record BootArguments(
    IReadOnlyList<KernelArgument> Possible, IReadOnlyList<Refusal> Refused, IReadOnlyList<CommandLine> Foreign)
{
    public const string Path = "kernel.arguments";

    private static readonly string[] PoolWords = ["hugepagesz", "hugepages"];

    public static BootArguments Of(NodeTuningSpec spec, HostView host)
    {
        var texts = spec.Kernel?.Arguments ?? [];
        // Checked by the operator, too; but a file that people write has not been there.
        var refused = KernelArgument.Check(texts, Path).ToList();
        var possible = new List<KernelArgument>();
        IReadOnlyList<CommandLine> lines = IsWritten(spec)
            ? [.. host.Boot(spec.Boot!.Bootloader).Configuration.Foreign.Select(words => new CommandLine(string.Join(' ', words)))]
            : [];
        var arguments = texts.Select(KernelArgument.TryParse).OfType<KernelArgument>().DistinctBy(argument => argument.Name).ToList();
        var obstacles = BootObstacles.Of(host, spec, arguments);
        foreach (var argument in arguments)
        {
            if (obstacles(argument) is { } obstacle)
            {
                refused.Add(new($"{Path}[{argument.Name}]", $"{argument}", obstacle.Problem, obstacle.Remedy));
            }
            else if (Clash(argument, lines) is { } other)
            {
                refused.Add(new(
                    $"{Path}[{argument.Name}]", $"{argument}",
                    $"meets {other} of another hand in the boot configuration, and given twice it depends on the argument which counts",
                    "take that out there, or this out of the spec"));
            }
            else
            {
                possible.Add(argument);
            }
        }

        // Too long as a whole: none can be.
        if (refused.Exists(refusal => refusal.Field == Path))
        {
            possible.Clear();
        }

        return new([.. possible.Where(argument => refused.TrueForAll(refusal => refusal.Value != $"{argument}"))], refused, lines);
    }

    /// <summary>Whether latlab writes them, or an administrator does.</summary>
    public static bool IsWritten(NodeTuningSpec spec) => spec.Boot is { Bootloader: not Bootloader.External };

    /// <summary>
    /// What latlab has to write of them: what nobody else has in the boot configuration, and this kernel does not drop anyway.
    /// </summary>
    public string Block(HostView host) => string.Join(' ', Possible.Where(argument =>
        Foreign.All(line => line.Of(argument).Count == 0) && BootEvidence.Of(argument).Lacking(host, argument) is null));

    /// <summary>What the boot configuration has of the same argument that cannot be left beside ours; null when nothing.</summary>
    private static string? Clash(KernelArgument argument, IReadOnlyList<CommandLine> lines)
    {
        if (argument.PoolSize is not null)
        {
            // Their words cannot be told from ours: each hugepages= is about the hugepagesz= before it.
            return lines.SelectMany(line => PoolWords.SelectMany(name => line.Of(name).Select(value => $"{name}={value}"))).FirstOrDefault();
        }

        var found = lines.Select(line => line.Of(argument).Select(value => $"{argument with { Value = value }}").ToList()).ToList();
        // The same for some kernels only: which of the words are ours, nobody could tell.
        return found.SelectMany(texts => texts).FirstOrDefault(text => !BootArgumentKnob.SameMeaning(text, $"{argument}"))
            ?? (found.Exists(texts => texts.Count == 0) && found.Find(texts => texts.Count > 0) is [var some, ..] ? $"{some} (for some kernels)" : null);
    }
}
