using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Knobs.Boot;

namespace Latlab.NodeAgent.Cli;

/// <summary>The part of the reference that is about the kernel's command line: made of what the agent itself goes by.</summary>
internal static class BootReference
{
    public static void Write(TextWriter output)
    {
        output.Write("""

            ## Boot arguments

            Each `kernel.arguments[NAME]` is held against `/proc/cmdline` by its meaning, and then against what this kernel shows of it. An option that the kernel was built without, by its
            configuration (`/proc/config.gz`, `/lib/modules/RELEASE/config`, `/boot/config-RELEASE`, `/usr/lib/ostree-boot/config-RELEASE`, the first that can be read), makes an argument `Unsupported`,
            and so does a kernel that handed it on as unknown (`/dev/kmsg`, `/proc/1/environ`, `/proc/1/cmdline`: [what the agent sees of these](agent.md#what-proves-a-boot-argument)). One that
            switches something off which the kernel does not have is in effect without being written. Capital letters stand for a value, brackets for what may be left out.

            | Argument | Read back from | Kernel needs | Mind |
            |---|---|---|---|

            """);
        foreach (var feature in BootEvidence.Features)
        {
            var needs = feature switch
            {
                { Option: null } => "",
                { IsOff: true } => $"{feature.Option}, or there is nothing to switch off",
                _ => feature.Option,
            };
            output.Write($"| `{Escaped($"{feature.Form}")}` | {KnobsVerb.Cell(feature.Proof?.Where ?? CommandLine.Path)} | {needs} | {KnobsVerb.Cell(feature.Mind)} |\n");
        }

        output.Write("""

            Any other is read from `/proc/cmdline` alone; when the kernel handed it on as unknown it is `Unsupported`, and a message says so when that could not be seen.

            ## Profiles

            What `profile` asks of the kernel's command line, with `cpu.isolated` for ISOLATED and `cpu.irqAffinity` for INTERRUPTS; `kernel.arguments` of the same names go over it. Sources are in
            the [API reference](api.md#tunednodespec-spec).

            | Profile | Command line |
            |---|---|

            """);
        foreach (var profile in Enum.GetValues<BootProfile>())
        {
            output.Write($"| `{profile}` | `{Escaped(string.Join(' ', BootProfiles.Arguments(profile, "ISOLATED", "INTERRUPTS")))}` |\n");
        }
    }

    // Within backticks nothing but the table's own sign must be escaped.
    private static string Escaped(string code) => code.Replace("|", "\\|", StringComparison.Ordinal);
}
