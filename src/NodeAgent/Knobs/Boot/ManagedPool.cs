using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Kubelet;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>
/// Pools whose nodes a provider replaces at an upgrade or a repair, known by the labels that it has kubelet give to its node
/// (<c>--node-labels</c>).
/// </summary>
internal static class ManagedPool
{
    private static readonly (string Label, string Provider)[] Labels =
    [
        ("cloud.google.com/gke-nodepool", "GKE"), ("eks.amazonaws.com/nodegroup", "EKS"), ("kubernetes.azure.com/agentpool", "AKS"),
    ];

    /// <summary>What to know of it before its boot configuration is changed; null for a node of no such pool.</summary>
    public static string? Of(IHost host)
    {
        var given = Processes.Named(host, Processes.Kubelet).Select(process => host.Read($"/proc/{process}/cmdline").Text).OfType<string>()
            .Select(line => KubeletArguments.Flags(line).GetValueOrDefault("node-labels") ?? "")
            .SelectMany(labels => labels.Split(','))
            .ToList();
        return Labels
            .SelectMany(pool => given.Where(label => label.StartsWith(pool.Label + "=", StringComparison.Ordinal)).Select(label =>
                $"The node is of a pool that {pool.Provider} manages ({label}): "
                + "an upgrade or a repair replaces it, and the new one is tuned and rebooted anew"))
            .FirstOrDefault();
    }
}
