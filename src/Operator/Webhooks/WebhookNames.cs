namespace Latlab.Operator.Webhooks;

/// <summary>Names that the chart and the program share. There is one latlab in a cluster, so they need no release's name.</summary>
internal static class WebhookNames
{
    /// <summary>Name of the Service, of the ValidatingWebhookConfiguration, and of the Secret with the certificates.</summary>
    public const string Object = "latlab-webhook";

    /// <summary>The name by which the API server calls a Service, and which the certificate must therefore bear.</summary>
    public static string Dns(string @namespace) => $"{Object}.{@namespace}.svc";
}
