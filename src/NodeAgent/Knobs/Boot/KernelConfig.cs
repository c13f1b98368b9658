using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>What the running kernel was built with. Kernels drop arguments silently that they were built without.</summary>
internal sealed class KernelConfig
{
    /// <summary>The running kernel's own word (CONFIG_IKCONFIG_PROC), which cannot be of another build, and is to be seen in every pod.</summary>
    private const string OfTheKernel = "/proc/config.gz";

    private readonly IReadOnlySet<string> _options;

    private KernelConfig(string? file, IReadOnlySet<string> options) => (File, _options) = (file, options);

    /// <summary>Where it was found; null when no file is to be seen.</summary>
    public string? File { get; }

    /// <summary>The configuration, looked for once a look.</summary>
    public static KernelConfig Of(HostView host) => host.Once(typeof(KernelConfig), () => Read(host.Files));

    /// <summary>Whether the kernel has an option, built in or as a module; null when that is not to be seen.</summary>
    public bool? Has(string option) => File is null ? null : _options.Contains(option);

    private static KernelConfig Read(IHost host)
    {
        foreach (var (file, text) in Texts(host))
        {
            // One that was cut off, or is empty, says of nothing that it is not there.
            if (text?.Contains("CONFIG_", StringComparison.Ordinal) == true)
            {
                return new(file, text.Split('\n').Where(line => line.EndsWith("=y", StringComparison.Ordinal) || line.EndsWith("=m", StringComparison.Ordinal))
                    .Select(line => line[..^2]).ToHashSet());
            }
        }

        return new(null, new HashSet<string>());
    }

    private static IEnumerable<(string File, string? Text)> Texts(IHost host)
    {
        yield return (OfTheKernel, host.ReadCompressed(OfTheKernel).Text);
        if (host.Read("/proc/sys/kernel/osrelease").Text is not { Length: > 0 } release)
        {
            yield break;
        }

        // By packages, beside what belongs to that very release: its modules (Fedora, RHEL, rpm-ostree); its image (Debian, Ubuntu), where
        // people may have put another one; its image within an rpm-ostree deployment.
        foreach (var file in new[] { $"/lib/modules/{release}/config", $"/boot/config-{release}", $"/usr/lib/ostree-boot/config-{release}" })
        {
            yield return (file, host.Read(file).Text);
        }
    }
}
