using k8s;

namespace Latlab.Operator.Runtime;

/// <summary>Settings of the runtime.</summary>
internal sealed class OperatorRuntimeOptions
{
    /// <summary>Name under which the operator owns the fields that it applies.</summary>
    public string FieldManager { get; set; } = "latlab-operator";

    /// <summary>Whether only the replica that holds the Lease reconciles. Without it this replica leads from the start.</summary>
    public bool LeaderElection { get; set; } = true;

    public string LeaseName { get; set; } = "latlab-operator";

    public string LeaseNamespace { get; set; } = "latlab-system";

    /// <summary>Name of this replica in the Lease. Default: the host's name, which is the pod's, and a random suffix.</summary>
    public string Identity { get; set; } = $"{Environment.MachineName.ToLowerInvariant()}-{Guid.NewGuid().ToString("N")[..8]}";

    /// <summary>How long a leader that is not heard of keeps the Lease. Whole seconds.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a leader tries to renew before it gives up. With <see cref="RetryPeriod"/> shorter than <see cref="LeaseDuration"/>.
    /// </summary>
    public TimeSpan RenewDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between attempts to take or renew the Lease.</summary>
    public TimeSpan RetryPeriod { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often every object is looked at though nothing changed.</summary>
    public TimeSpan ResyncPeriod { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>After which the server ends a watch; each watch gets one to two times this.</summary>
    public TimeSpan WatchTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// After which a watch that brings nothing, not even a bookmark, is started anew where it was. Servers send a bookmark about every
    /// minute, so its connection may be dead; but Kubernetes 1.20 sends none before the first change of the kind, and then nothing is
    /// wrong.
    /// </summary>
    public TimeSpan WatchIdleTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a request other than a watch may take.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Objects in a page of a list.</summary>
    public int ListPageSize { get; set; } = 500;

    /// <summary>How long running reconciles get to finish when the process stops; then they are cancelled.</summary>
    public TimeSpan StopDeadline { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How to reach the API server. Default: the pod's service account, else KUBECONFIG.</summary>
    public KubernetesClientConfiguration? ClientConfiguration { get; set; }

    /// <summary>Handlers put in front of the connection to the API server.</summary>
    public IList<DelegatingHandler> HttpHandlers { get; } = [];

    /// <exception cref="ArgumentException">A setting cannot be.</exception>
    public void Validate()
    {
        if (LeaderElection && (LeaseDuration.Ticks % TimeSpan.TicksPerSecond != 0 || LeaseDuration <= TimeSpan.Zero))
        {
            throw new ArgumentException($"LeaseDuration is {LeaseDuration}; the API has whole seconds, at least 1");
        }

        if (LeaderElection && RenewDeadline + RetryPeriod >= LeaseDuration)
        {
            // Else a leader that cannot renew would still lead when another takes over.
            throw new ArgumentException(
                $"RenewDeadline {RenewDeadline} and RetryPeriod {RetryPeriod} together must be shorter than LeaseDuration {LeaseDuration}");
        }
    }
}
