using System.Security.Cryptography;
using System.Text.Json;
using k8s.Models;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Webhooks.Certificates;

/// <summary>
/// Keeps the webhook's certificates good, served and trusted. Every replica does, on the same Secret: whoever comes first writes, the
/// others follow. It looks again and again and watches nothing, so that it needs rights on two objects by name and no others.
/// </summary>
internal sealed partial class CertificateKeeper(
    IWebhookObjects objects, ServingCertificate serving, WebhookSettings settings, TimeProvider time, ILogger<CertificateKeeper> logger)
    : BackgroundService
{
    /// <summary>
    /// Also the time for which an emptied <c>caBundle</c> lets nobody write, and for which a replica serves by an earlier certificate.
    /// </summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>While something is in the way of the first request.</summary>
    public static readonly TimeSpan ShortInterval = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = logger;
    private string? _lastProblem;
    private (string? Version, CertificateSet Set)? _read;

    /// <summary>One look, and what follows from it; what is in the way, or null when nothing is.</summary>
    public async Task<string?> LookAsync(CancellationToken cancellationToken)
    {
        var configuration = await objects.ConfigurationAsync(cancellationToken);
        var secret = await objects.SecretAsync(cancellationToken);
        var stored = Stored(secret);
        if (configuration is not { Webhooks.Count: > 0 })
        {
            // Without it nobody calls; and it owns the Secret, so that an uninstalled chart leaves no keys behind.
            serving.Use(stored.Serving);
            return $"there is no ValidatingWebhookConfiguration {WebhookNames.Object}, so nothing is checked at admission; helm upgrade "
                + "brings it, "
                + "webhook.enabled=false makes the operator not wait for it";
        }

        var plan = CertificatePlanner.Plan(
            stored, configuration.Webhooks[0].ClientConfig?.CaBundle, WebhookNames.Dns(settings.Namespace), time.GetUtcNow());
        if (plan.HasWork)
        {
            stored = CertificateIssuer.Issue(stored, plan, WebhookNames.Dns(settings.Namespace), time.GetUtcNow());
            if (!await objects.TryWriteAsync(SecretOf(secret, configuration, stored), cancellationToken))
            {
                return "another replica writes the webhook's certificates";
            }

            LogWritten(plan.Why);
        }

        serving.Use(stored.Serving);
        var bundle = stored.Bundle;
        if (configuration.Webhooks.Any(w => w.ClientConfig?.CaBundle?.AsSpan().SequenceEqual(bundle) != true))
        {
            if (!await objects.TryTellAsync(configuration, bundle, cancellationToken))
            {
                return $"ValidatingWebhookConfiguration {WebhookNames.Object} is being changed by somebody else";
            }

            LogTold(stored.Authorities.Count);
        }

        serving.Ready();
        return null;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var problem = await TryLookAsync(stoppingToken);
            if (problem is not null)
            {
                serving.Waiting(problem);
                if (problem != _lastProblem)
                {
                    LogProblem(problem);
                }
            }

            _lastProblem = problem;
            await Task.Delay(serving.NotReady is null ? Interval : ShortInterval, time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<string?> TryLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await LookAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception) when (
            exception is ApiException or HttpRequestException or IOException or TimeoutException or JsonException
                or CryptographicException or InvalidOperationException or ArgumentException)
        {
            // The last three: of what somebody put into the Secret. A webhook that cannot be looked after is no reason for the operator to
            // end.
            // What is served goes on being served.
            return $"the webhook's certificates cannot be looked after: {exception.Message}";
        }
    }

    /// <summary>The Secret's content. Certificates hold memory of the system's, and each look would leave some behind.</summary>
    private CertificateSet Stored(V1Secret? secret)
    {
        var version = secret?.Metadata.ResourceVersion;
        if (version is null || version != _read?.Version)
        {
            _read = (version, CertificateSet.Read(secret?.Data));
        }

        return _read.Value.Set;
    }

    private V1Secret SecretOf(V1Secret? current, V1ValidatingWebhookConfiguration owner, CertificateSet set) => new()
    {
        ApiVersion = "v1",
        Kind = "Secret",
        // A Secret's type cannot be changed.
        Type = current?.Type ?? "kubernetes.io/tls",
        Metadata = current?.Metadata ?? new V1ObjectMeta
        {
            Name = WebhookNames.Object,
            NamespaceProperty = settings.Namespace,
            OwnerReferences =
            [
                new V1OwnerReference
                {
                    ApiVersion = "admissionregistration.k8s.io/v1", Kind = "ValidatingWebhookConfiguration",
                    Name = owner.Metadata.Name, Uid = owner.Metadata.Uid,
                },
            ],
        },
        Data = set.Write(),
    };

    [LoggerMessage(LogLevel.Information, "The webhook's certificates were made anew: {Why}")]
    private partial void LogWritten(string why);

    [LoggerMessage(LogLevel.Information, "The API server was told to trust the webhook's {Authorities} certificate authorities")]
    private partial void LogTold(int authorities);

    [LoggerMessage(LogLevel.Warning, "Webhook: {Problem}")]
    private partial void LogProblem(string problem);
}
