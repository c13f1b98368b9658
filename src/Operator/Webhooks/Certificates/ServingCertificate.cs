using System.Security.Cryptography.X509Certificates;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Webhooks.Certificates;

/// <summary>The certificate that new connections get, and whether the webhook can be called by it.</summary>
internal sealed class ServingCertificate : IReadiness
{
    private volatile X509Certificate2? _current;
    private volatile string? _notReady = "the webhook's certificate is being made";

    /// <summary>Null until there is one: connections then fail.</summary>
    public X509Certificate2? Current => _current;

    /// <summary>Why the API server cannot call the webhook since the start; null once it could.</summary>
    public string? NotReady => _notReady;

    /// <summary>From now on connections get this one; those that are open keep theirs.</summary>
    public void Use(X509Certificate2? certificate) => _current = certificate ?? _current;

    /// <summary>
    /// The API server was told to trust it. For good: a replica that took itself out of service, whenever somebody edits the configuration,
    /// would leave nobody to call.
    /// </summary>
    public void Ready() => _notReady = null;

    /// <summary>What is in the way, as long as the API server was never told.</summary>
    public void Waiting(string why) => _notReady = _notReady is null ? null : why;
}
