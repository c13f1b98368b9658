using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Reporting;

namespace Latlab.NodeAgent.Kubelet;

/// <summary>
/// Restarts kubelet when the operator lets it (<see cref="KubeletRestartGrant"/>), once for each grant: it is noted in the status before.
/// </summary>
internal sealed class KubeletRestarter(IHost host, AgentLog log)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The status with the grant noted; null when there is nothing to do, or when kubelet would not start again: its configuration may have
    /// become another one since the operator looked.
    /// </summary>
    /// <param name="status">The status as it is now.</param>
    /// <param name="grant">What the operator lets the agent do.</param>
    public static NodeTuningStatus? Noted(NodeTuningStatus status, string? grant) =>
        grant is not null && status.Kubelet is { RestartHazard: null } kubelet && kubelet.RestartedFor != grant
            && grant == KubeletRestartGrant.For(status.BootId, status.ObservedGeneration)
            ? status with { Kubelet = kubelet with { RestartedFor = grant, RestartProblem = null } }
            : null;

    /// <summary>
    /// Pods are not touched by it: containers go on, and kubelet finds them again. Returns the status with what went wrong; null when
    /// nothing did.
    /// </summary>
    public NodeTuningStatus? Restart(NodeTuningStatus noted)
    {
        log.Warning("Restarting kubelet, as granted: it counts hugepages when it starts");
        if (host.RunOnHost("systemctl", ["restart", "kubelet.service"], Limit) is not { Succeeded: false } outcome)
        {
            return null;
        }

        var problem = $"systemctl restart kubelet.service failed: {outcome.Error}";
        log.Error(problem);
        return noted with { Kubelet = noted.Kubelet! with { RestartProblem = problem } };
    }
}
