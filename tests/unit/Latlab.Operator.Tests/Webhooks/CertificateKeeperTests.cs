using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Latlab.Operator.Webhooks;
using Latlab.Operator.Webhooks.Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.Operator.Tests.Webhooks;

/// <summary>One or two replicas over days and years.</summary>
public sealed class CertificateKeeperTests
{
    private static readonly WebhookSettings Settings = new(9443, "latlab-system");

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 30, 0, 0, 0, TimeSpan.Zero));
    private readonly FakeWebhookObjects _objects = new();
    private readonly ServingCertificate _serving = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_look_makes_stores_serves_and_tells_and_the_next_one_does_nothing()
    {
        var keeper = Keeper(_serving);
        Assert.NotNull(_serving.NotReady);

        Assert.Null(await keeper.LookAsync(Token));
        Assert.Null(await keeper.LookAsync(Token));

        Assert.Null(_serving.NotReady);
        Assert.True(IsTrusted(_serving));
        Assert.Equal((1, 1), (_objects.SecretWrites, _objects.Tellings));
        Assert.Equal("kubernetes.io/tls", _objects.Secret!.Type);
        Assert.Equal(["ca.crt", "ca.key", "tls.crt", "tls.key"], _objects.Secret.Data.Keys.Order());
        // Goes when the chart is uninstalled.
        Assert.Equal(("ValidatingWebhookConfiguration", "uid"), (_objects.Secret.Metadata.OwnerReferences[0].Kind, _objects.Secret.Metadata.OwnerReferences[0].Uid));
    }

    [Fact]
    public async Task Of_two_replicas_that_begin_at_once_one_makes_and_both_serve()
    {
        var other = new ServingCertificate();
        _objects.BeforeWrite = () => Assert.Null(Keeper(other).LookAsync(Token).GetAwaiter().GetResult());
        var keeper = Keeper(_serving);

        Assert.Contains("another replica", await keeper.LookAsync(Token), StringComparison.Ordinal);
        Assert.NotNull(_serving.NotReady);
        Assert.Null(await keeper.LookAsync(Token));

        Assert.Equal(1, _objects.SecretWrites);
        Assert.Equal(other.Current, _serving.Current);
        Assert.True(IsTrusted(_serving));
    }

    [Fact]
    public async Task A_bundle_that_somebody_emptied_is_written_again_and_the_replica_stays_ready()
    {
        var keeper = Keeper(_serving);
        await keeper.LookAsync(Token);
        _objects.Bundle = null;

        Assert.Null(await keeper.LookAsync(Token));

        Assert.True(IsTrusted(_serving));
        Assert.Equal(1, _objects.SecretWrites);
    }

    [Fact]
    public async Task A_Secret_that_somebody_deleted_is_made_anew()
    {
        var keeper = Keeper(_serving);
        await keeper.LookAsync(Token);
        _objects.Secret = null;

        Assert.Null(await keeper.LookAsync(Token));

        Assert.True(IsTrusted(_serving));
        Assert.Equal(2, _objects.SecretWrites);
    }

    [Theory]
    [InlineData("tls.crt", "tls.key")]
    [InlineData("ca.crt", "ca.key")]
    public async Task Keys_of_another_kind_that_somebody_put_there_are_replaced(string certificate, string key)
    {
        await Keeper(_serving).LookAsync(Token);
        using var rsa = RSA.Create(2048);
        var request = new CertificateRequest("CN=foreign", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var foreign = request.CreateSelfSigned(_time.GetUtcNow().AddDays(-1), _time.GetUtcNow().AddDays(300));
        _objects.Secret!.Data[certificate] = Encoding.ASCII.GetBytes(foreign.ExportCertificatePem());
        _objects.Secret.Data[key] = Encoding.ASCII.GetBytes(rsa.ExportPkcs8PrivateKeyPem());
        _objects.Secret.Metadata.ResourceVersion = "foreign";

        Assert.Null(await Keeper(_serving).LookAsync(Token));

        Assert.True(IsTrusted(_serving));
        Assert.Equal(2, _objects.SecretWrites);
    }

    [Fact]
    public async Task What_has_not_changed_is_not_read_again()
    {
        await Keeper(_serving).LookAsync(Token);
        var keeper = Keeper(_serving);
        await keeper.LookAsync(Token);
        var served = _serving.Current;

        await keeper.LookAsync(Token);
        Assert.Same(served, _serving.Current);

        _objects.Secret!.Metadata.ResourceVersion = "another";
        await keeper.LookAsync(Token);
        Assert.NotSame(served, _serving.Current);
    }

    [Fact]
    public async Task Without_a_configuration_nothing_is_made_and_it_says_what_to_do()
    {
        _objects.Configuration = null;

        Assert.Contains("webhook.enabled=false", await Keeper(_serving).LookAsync(Token), StringComparison.Ordinal);

        Assert.Null(_objects.Secret);
        Assert.NotNull(_serving.NotReady);
    }

    /// <summary>
    /// Two replicas that look every three days, one of them after the other: whatever either serves at any time is trusted.
    /// </summary>
    [Fact]
    public async Task Over_three_years_no_replica_ever_serves_what_the_API_server_does_not_trust()
    {
        var late = new ServingCertificate();
        var (one, two) = (Keeper(_serving), Keeper(late));
        var served = new HashSet<string>();
        var mostAuthorities = 0;
        await one.LookAsync(Token);
        await two.LookAsync(Token);
        for (var day = 0; day < 3 * 365; day += 3)
        {
            _time.Advance(TimeSpan.FromDays(3));
            Assert.Null(await one.LookAsync(Token));
            Assert.True(IsTrusted(_serving), $"day {day}");
            Assert.True(IsTrusted(late), $"day {day}, the late one");
            Assert.Null(await two.LookAsync(Token));
            Assert.True(IsTrusted(late), $"day {day}");
            served.Add(_serving.Current!.Thumbprint);
            mostAuthorities = Math.Max(mostAuthorities, Authorities().Count);
        }

        // A certificate for 60 days each, five authorities, never more than two at once.
        Assert.InRange(served.Count, 18, 24);
        Assert.Equal(2, mostAuthorities);
    }

    private CertificateKeeper Keeper(ServingCertificate serving) =>
        new(_objects, serving, Settings, _time, NullLogger<CertificateKeeper>.Instance);

    private X509Certificate2Collection Authorities()
    {
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPem(Encoding.ASCII.GetString(_objects.Bundle ?? []));
        return trusted;
    }

    private bool IsTrusted(ServingCertificate serving)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Authorities());
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().LocalDateTime;
        return chain.Build(serving.Current!) && serving.Current!.MatchesHostname("latlab-webhook.latlab-system.svc");
    }
}
