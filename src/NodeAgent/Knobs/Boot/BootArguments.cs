using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>The boot arguments of a spec on a host: those that can be, and those that cannot, and why.</summary>
internal sealed record BootArguments(IReadOnlyList<KernelArgument> Possible, IReadOnlyList<Refusal> Refused)
{
    public const string Path = "kernel.arguments";

    public static BootArguments Of(NodeTuningSpec spec, HostView host)
    {
        var texts = spec.Kernel?.Arguments ?? [];
        // Checked by the operator, too; but a file that people write has not been there.
        var refused = KernelArgument.Check(texts, Path).ToList();
        var possible = new List<KernelArgument>();
        var foreign = IsWritten(spec) ? host.Boot(spec.Boot!.Bootloader).Configuration.Foreign : [];
        foreach (var argument in texts.Select(KernelArgument.TryParse).OfType<KernelArgument>().DistinctBy(argument => argument.Name))
        {
            if (BootObstacles.Of(host.Files, argument) is { } obstacle)
            {
                refused.Add(new($"{Path}[{argument.Name}]", $"{argument}", obstacle.Problem, obstacle.Remedy));
            }
            else if (Clash(argument, foreign) is { } other)
            {
                refused.Add(new(
                    $"{Path}[{argument.Name}]", $"{argument}", $"meets {other} of another hand in the boot configuration, and given twice it depends on the argument which counts",
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

        return new([.. possible.Where(argument => refused.TrueForAll(refusal => refusal.Value != $"{argument}"))], refused);
    }

    /// <summary>Whether latlab writes them, or an administrator does.</summary>
    public static bool IsWritten(NodeTuningSpec spec) => spec.Boot is { Bootloader: not Bootloader.External };

    /// <summary>What latlab has to write of them: what nobody else has in the boot configuration, and this kernel does not drop anyway.</summary>
    public string Block(IHost host, IReadOnlyList<string> foreign)
    {
        var line = new CommandLine(string.Join(' ', foreign));
        return string.Join(' ', Possible.Where(argument => Values(line, argument).Count == 0 && BootEvidence.Lacks(host, argument) is null));
    }

    /// <summary>What the boot configuration has of the same argument with another meaning; null when nothing.</summary>
    private static string? Clash(KernelArgument argument, IReadOnlyList<string> foreign)
    {
        if (argument.PoolSize is not null)
        {
            // Their words cannot be told from ours: each hugepages= is about the hugepagesz= before it.
            return foreign.FirstOrDefault(word => word.StartsWith("hugepagesz=", StringComparison.Ordinal) || word.StartsWith("hugepages=", StringComparison.Ordinal));
        }

        return Values(new(string.Join(' ', foreign)), argument)
            .Select(value => $"{argument with { Value = value }}")
            .FirstOrDefault(text => !BootArgumentKnob.SameMeaning(text, $"{argument}"));
    }

    private static IReadOnlyList<string?> Values(CommandLine line, KernelArgument argument) =>
        argument.PoolSize is { } size ? line.PagesOf(size) : line.Of(argument.Name);
}
