using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Latlab.Operator.Webhooks.Certificates;

/// <summary>Makes what a plan asks for. ECDSA on P-256, which every TLS stack has had for long, and which takes no time to make.</summary>
internal static class CertificateIssuer
{
    /// <summary>The authority's life. Short, so that its change is nothing special that first happens in ten years.</summary>
    public static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(365);

    public static readonly TimeSpan ServingLife = TimeSpan.FromDays(90);

    /// <summary>Certificates begin in the past: an API server's clock may be behind.</summary>
    public static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(5);

    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    /// <summary>The set that the plan leads to.</summary>
    public static CertificateSet Issue(CertificateSet stored, CertificatePlan plan, string dnsName, DateTimeOffset now)
    {
        var set = stored with { Authorities = plan.Keep };
        if (plan.NewAuthority)
        {
            var (authority, key) = NewAuthority(now);
            set = set with { Authorities = [authority, .. set.Authorities], AuthorityKey = key };
        }

        return plan.NewServing ? set with { Serving = NewServing(set, dnsName, now) } : set;
    }

    private static (X509Certificate2 Authority, string Key) NewAuthority(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // A name of its own: whoever verifies finds the issuer by its name first.
        var request = new CertificateRequest($"CN={WebhookNames.Object}-ca-{RandomNumberGenerator.GetHexString(8, lowercase: true)}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var made = request.CreateSelfSigned(now - ClockDifference, now + AuthorityLife);
        return (X509CertificateLoader.LoadCertificate(made.RawData), key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private static X509Certificate2 NewServing(CertificateSet set, string dnsName, DateTimeOffset now)
    {
        using var issuer = X509Certificate2.CreateFromPem(set.Authorities[0].ExportCertificatePem(), set.AuthorityKey);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // The subject may be 64 characters long, and a namespace alone 63. Only the alternative name counts.
        var request = new CertificateRequest($"CN={WebhookNames.Object}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([ServerAuthentication], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(dnsName);
        request.CertificateExtensions.Add(names.Build());
        var end = now + ServingLife;
        using var made = request.Create(
            issuer, Later(now - ClockDifference, issuer.NotBefore), end < issuer.NotAfter ? end : issuer.NotAfter, RandomNumberGenerator.GetBytes(16));
        return made.CopyWithPrivateKey(key);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
