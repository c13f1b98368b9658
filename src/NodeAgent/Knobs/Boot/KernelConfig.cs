using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>What the running kernel was built with, as distributions keep it beside the kernel.</summary>
internal static class KernelConfig
{
    /// <summary>
    /// Whether an option is built in; null when the file is not to be seen, as in the pod of the agent. Kernels drop arguments silently
    /// that they were built without.
    /// </summary>
    public static bool? Has(IHost host, string option, out string file)
    {
        file = $"/boot/config-{host.Read("/proc/sys/kernel/osrelease").Text}";
        return host.Read(file).Text is { } text ? text.Split('\n').Contains($"{option}=y") : null;
    }
}
