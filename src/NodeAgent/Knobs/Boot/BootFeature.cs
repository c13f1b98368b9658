using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>What is known of an argument: what the kernel must have been built with, where it shows what it made of it, and what to mind.</summary>
/// <param name="Form">Which arguments.</param>
/// <param name="Mind">What to mind; empty for nothing.</param>
internal sealed record BootFeature(BootForm Form, string Mind = "")
{
    /// <summary>Kernels that were built without CONFIG_NO_HZ_FULL do not have it.</summary>
    public const string NoHzFull = "/sys/devices/system/cpu/nohz_full";

    private const string NoHzOption = "CONFIG_NO_HZ_FULL";

    /// <summary>
    /// The option that the kernel must have been built with; without it the kernel drops the argument. Null when none is known.
    /// </summary>
    public string? Option { get; init; }

    /// <summary>Whether it switches something off that a kernel without the option does not have anyway.</summary>
    public bool IsOff { get; init; }

    /// <summary>Where it shows; null where the command line alone has it.</summary>
    public Proof? Proof { get; init; }

    /// <summary>What to say of it though it is in effect; null for nothing.</summary>
    public Func<HostView, KernelArgument, string?> Remark { get; init; } = (_, _) => null;

    /// <summary>
    /// What the kernel lacks for an argument, and where that shows; null when nothing is known to be lacking. It is so in every boot.
    /// </summary>
    public (string File, string Problem)? Lacking(HostView host, KernelArgument argument)
    {
        // What is there though it should not be is to be switched off, whatever is said of how the kernel was built.
        if (IsOff && Proof?.Look(host, argument)?.Contradiction is not null)
        {
            return null;
        }

        var config = KernelConfig.Of(host);
        foreach (var option in Options(argument))
        {
            var hasIt = config.Has(option);
            if (hasIt == false)
            {
                return (config.File!, $"this kernel was built without {option} ({config.File})");
            }

            if (hasIt is null && option == NoHzOption && !host.Files.Exists(NoHzFull))
            {
                return (NoHzFull, $"this kernel was built without {option} (there is no {NoHzFull})");
            }
        }

        return null;
    }

    /// <summary>Whether the kernel is known to have been built with all that the argument needs.</summary>
    public bool IsBuiltIn(HostView host, KernelArgument argument) =>
        Options(argument).ToList() is { Count: > 0 } options && options.TrueForAll(option => KernelConfig.Of(host).Has(option) == true);

    /// <summary>
    /// Whether an argument asks for CPUs without a tick; isolcpus with that flag is dropped as a whole where the kernel has none
    /// (<c>housekeeping_setup</c> in <c>kernel/sched/isolation.c</c>).
    /// </summary>
    public static bool AsksForNoHz(KernelArgument argument) =>
        argument.Name == "nohz_full" || (argument is { Name: "isolcpus", Value: { } value } && KernelArgument.Flags(value).Contains("nohz"));

    private IEnumerable<string> Options(KernelArgument argument) =>
        new[] { Option, AsksForNoHz(argument) ? NoHzOption : null }.OfType<string>().Distinct();
}
