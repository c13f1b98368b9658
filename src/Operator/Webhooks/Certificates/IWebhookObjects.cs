using k8s.Models;

namespace Latlab.Operator.Webhooks.Certificates;

/// <summary>The two objects that make the webhook's certificates known.</summary>
internal interface IWebhookObjects
{
    /// <summary>Null when there is none.</summary>
    public Task<V1Secret?> SecretAsync(CancellationToken cancellationToken);

    /// <summary>Null when there is none.</summary>
    public Task<V1ValidatingWebhookConfiguration?> ConfigurationAsync(CancellationToken cancellationToken);

    /// <summary>Creates the Secret, or replaces the one that was read; false when somebody else was faster.</summary>
    public Task<bool> TryWriteAsync(V1Secret secret, CancellationToken cancellationToken);

    /// <summary>
    /// Makes the API server trust these authorities; false when somebody else changed the configuration since it was read.
    /// </summary>
    public Task<bool> TryTellAsync(V1ValidatingWebhookConfiguration configuration, byte[] bundle, CancellationToken cancellationToken);
}
