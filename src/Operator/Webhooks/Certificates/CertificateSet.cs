using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Latlab.Operator.Webhooks.Certificates;

/// <summary>
/// The webhook's keys and certificates, as its Secret has them. All of them are PEM; a part that cannot be read, or is of another kind
/// than ours, is as if it were missing.
/// </summary>
/// <param name="Authorities">The certificate authorities whose time is not over, the newest first: what the API server shall trust.</param>
/// <param name="AuthorityKey">PEM of the newest one's private key; null when there is none that fits.</param>
/// <param name="Serving">What the webhook shows to the API server, with its private key; null when there is none.</param>
internal sealed record CertificateSet(IReadOnlyList<X509Certificate2> Authorities, string? AuthorityKey, X509Certificate2? Serving)
{
    // The first two are those of Kubernetes' type kubernetes.io/tls, the third that of cert-manager.
    private const string ServingEntry = "tls.crt";
    private const string ServingKeyEntry = "tls.key";
    private const string AuthoritiesEntry = "ca.crt";
    private const string AuthorityKeyEntry = "ca.key";

    public static CertificateSet Empty { get; } = new([], null, null);

    /// <summary>What the API server is told to trust.</summary>
    public byte[] Bundle => Encoding.ASCII.GetBytes(string.Concat(Authorities.Select(a => a.ExportCertificatePem() + "\n")));

    /// <summary>Reads the data of a Secret; never throws.</summary>
    public static CertificateSet Read(IDictionary<string, byte[]>? data)
    {
        var authorities = Try(() =>
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPem(Text(data, AuthoritiesEntry));
            return found;
        })?.ToList() ?? [];
        var key = Text(data, AuthorityKeyEntry);
        using var signing = authorities is [var newest, ..] ? Pair(newest.ExportCertificatePem(), key) : null;
        return new(
            authorities,
            signing is null ? null : key,
            Pair(Text(data, ServingEntry), Text(data, ServingKeyEntry)));
    }

    /// <summary>Data of a Secret.</summary>
    /// <exception cref="InvalidOperationException">A part is missing.</exception>
    public IDictionary<string, byte[]> Write()
    {
        if (AuthorityKey is null || Serving?.GetECDsaPrivateKey() is not { } key)
        {
            throw new InvalidOperationException("a set of certificates without private keys is not to be stored");
        }

        using (key)
        {
            return new Dictionary<string, byte[]>
            {
                [ServingEntry] = Encoding.ASCII.GetBytes(Serving.ExportCertificatePem() + "\n"),
                [ServingKeyEntry] = Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"),
                [AuthoritiesEntry] = Bundle,
                [AuthorityKeyEntry] = Encoding.ASCII.GetBytes(AuthorityKey),
            };
        }
    }

    /// <summary>
    /// A certificate with its key; null when they are none, do not fit, or the key is none that the issuer makes and can sign by.
    /// </summary>
    private static X509Certificate2? Pair(string certificate, string key) => Try(() =>
    {
        var pair = X509Certificate2.CreateFromPem(certificate, key);
        using var ours = pair.GetECDsaPrivateKey();
        if (ours is null)
        {
            pair.Dispose();
            return null;
        }

        return pair;
    });

    private static string Text(IDictionary<string, byte[]>? data, string entry) =>
        data?.TryGetValue(entry, out var bytes) == true && bytes is not null ? Encoding.UTF8.GetString(bytes) : "";

    private static T? Try<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or InvalidOperationException)
        {
            // Cut off, or edited by hand. The planner finds that it is missing, and says so.
            return null;
        }
    }
}
