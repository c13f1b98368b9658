using System.Globalization;
using k8s.Models;
using Latlab.Operator.Runtime;
using Latlab.Operator.Webhooks.Certificates;

namespace Latlab.Operator.Tests.Webhooks;

/// <summary>The API server's two objects, with its rule that a write on stale knowledge is refused.</summary>
internal sealed class FakeWebhookObjects : IWebhookObjects
{
    private int _version;

    public V1Secret? Secret { get; set; }

    public V1ValidatingWebhookConfiguration? Configuration { get; set; } = NewConfiguration();

    public int SecretWrites { get; private set; }

    public int Tellings { get; private set; }

    /// <summary>What another replica does between reading and writing.</summary>
    public Action? BeforeWrite { get; set; }

    /// <summary>What the API server trusts.</summary>
    public byte[]? Bundle
    {
        get => Configuration?.Webhooks[0].ClientConfig.CaBundle;
        set
        {
            Configuration!.Webhooks[0].ClientConfig.CaBundle = value;
            Configuration.Metadata.ResourceVersion = Next();
        }
    }

    public static V1ValidatingWebhookConfiguration NewConfiguration() => new()
    {
        Metadata = new V1ObjectMeta { Name = "latlab-webhook", Uid = "uid", ResourceVersion = "0" },
        Webhooks = [new V1ValidatingWebhook { Name = "tunednode.latlab.dev", ClientConfig = new Admissionregistrationv1WebhookClientConfig() }],
    };

    public Task<V1Secret?> SecretAsync(CancellationToken cancellationToken) => Task.FromResult(Secret is null ? null : ApiJson.Copy(Secret));

    public Task<V1ValidatingWebhookConfiguration?> ConfigurationAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Configuration is null ? null : ApiJson.Copy(Configuration));

    public Task<bool> TryWriteAsync(V1Secret secret, CancellationToken cancellationToken)
    {
        var other = BeforeWrite;
        BeforeWrite = null;
        other?.Invoke();
        if (secret.Metadata.ResourceVersion != Secret?.Metadata.ResourceVersion)
        {
            return Task.FromResult(false);
        }

        Secret = ApiJson.Copy(secret);
        Secret.Metadata.ResourceVersion = Next();
        SecretWrites++;
        return Task.FromResult(true);
    }

    public Task<bool> TryTellAsync(V1ValidatingWebhookConfiguration configuration, byte[] bundle, CancellationToken cancellationToken)
    {
        if (configuration.Metadata.ResourceVersion != Configuration?.Metadata.ResourceVersion)
        {
            return Task.FromResult(false);
        }

        Bundle = bundle;
        Tellings++;
        return Task.FromResult(true);
    }

    private string Next() => (++_version).ToString(CultureInfo.InvariantCulture);
}
