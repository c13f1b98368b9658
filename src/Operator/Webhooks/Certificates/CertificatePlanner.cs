using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Latlab.Operator.Webhooks.Certificates;

/// <summary>
/// Decides when certificates are made anew, so that at no moment the API server meets one that it does not trust. A new authority is
/// trusted beside the old one first; only when the API server has been told is the serving certificate made by it; and the old one stays
/// trusted until its time is over, as another replica may still serve by it.
/// </summary>
internal static class CertificatePlanner
{
    /// <summary>How long every API server gets to hear of a new authority, after it was made.</summary>
    public static readonly TimeSpan TimeToHear = TimeSpan.FromMinutes(1);

    /// <param name="stored">What the Secret has.</param>
    /// <param name="told">The <c>caBundle</c> in the webhook's configuration; null when there is none.</param>
    /// <param name="dnsName">By which the API server calls the webhook.</param>
    /// <param name="now">Time.</param>
    public static CertificatePlan Plan(CertificateSet stored, byte[]? told, string dnsName, DateTimeOffset now)
    {
        var valid = stored.Authorities.Where(a => IsWithinLife(a, now)).ToList();
        var why = new List<string>();
        var canSign = stored.AuthorityKey is not null && valid.Contains(stored.Authorities[0]);
        var newAuthority = !canSign || IsDue(stored.Authorities[0], now);
        if (newAuthority)
        {
            why.Add(stored.Authorities.Count == 0 ? "there is no certificate authority"
                : canSign ? "the certificate authority is to be renewed"
                : "the certificate authority cannot sign");
        }
        else if (valid.Count < stored.Authorities.Count)
        {
            why.Add("the time of an earlier certificate authority is over");
        }

        // Whoever does not trust the new authority yet does trust the old certificate, as long as that is good.
        var problem = ServingProblem(stored.Serving, valid, dnsName, now);
        var mayChange = !newAuthority && HasHeard(stored.Authorities[0], told, now);
        if (problem is null && mayChange)
        {
            problem = IsDue(stored.Serving!, now) ? "the serving certificate is to be renewed"
                : IsIssued(stored.Serving!, stored.Authorities[0], now) ? null
                : "the serving certificate is an earlier authority's";
        }

        if (problem is not null)
        {
            why.Add(problem);
        }

        return new(valid, newAuthority, problem is not null, string.Join(", ", why));
    }

    /// <summary>Why the certificate cannot be served at all; null when it can.</summary>
    private static string? ServingProblem(X509Certificate2? serving, IReadOnlyList<X509Certificate2> authorities, string dnsName, DateTimeOffset now)
    {
        return serving is null ? "there is no serving certificate"
            : !IsFor(serving, dnsName) ? $"the serving certificate is not for {dnsName}"
            : !IsWithinLife(serving, now) ? "the time of the serving certificate is over"
            : !authorities.Any(a => IsIssued(serving, a, now)) ? "the serving certificate is of no known authority"
            : null;
    }

    /// <summary>Whether two thirds of its life are over: the rest is time to notice that renewing fails.</summary>
    private static bool IsDue(X509Certificate2 certificate, DateTimeOffset now) =>
        now >= certificate.NotBefore + ((certificate.NotAfter - certificate.NotBefore) * 2 / 3);

    private static bool IsWithinLife(X509Certificate2 certificate, DateTimeOffset now) => now >= certificate.NotBefore && now < certificate.NotAfter;

    private static bool IsFor(X509Certificate2 serving, string dnsName)
    {
        try
        {
            return serving.MatchesHostname(dnsName, allowWildcards: false, allowCommonName: false);
        }
        catch (CryptographicException)
        {
            // Somebody's own, with names that are none.
            return false;
        }
    }

    private static bool HasHeard(X509Certificate2 authority, byte[]? told, DateTimeOffset now) =>
        now >= authority.NotBefore + CertificateIssuer.ClockDifference + TimeToHear
            && told is not null && Encoding.UTF8.GetString(told).Contains(authority.ExportCertificatePem(), StringComparison.Ordinal);

    private static bool IsIssued(X509Certificate2 serving, X509Certificate2 authority, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.LocalDateTime;
        return chain.Build(serving);
    }
}
