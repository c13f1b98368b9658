using System.Security.Cryptography.X509Certificates;

namespace Latlab.Operator.Webhooks.Certificates;

/// <summary>What is to be done about the webhook's certificates.</summary>
/// <param name="Keep">The authorities that stay trusted.</param>
/// <param name="NewAuthority">Whether a new authority is made; it goes before those.</param>
/// <param name="NewServing">Whether a new serving certificate is made, by the newest authority.</param>
/// <param name="Why">For the log; empty when there is nothing to do.</param>
internal sealed record CertificatePlan(IReadOnlyList<X509Certificate2> Keep, bool NewAuthority, bool NewServing, string Why)
{
    /// <summary>Whether the Secret is to be written.</summary>
    public bool HasWork => Why.Length > 0;
}
