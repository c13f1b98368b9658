namespace Latlab.Operator.Webhooks;

/// <summary>Where the webhook is.</summary>
/// <param name="Port">TCP port of this process.</param>
/// <param name="Namespace">Namespace of its Service and its Secret.</param>
internal sealed record WebhookSettings(int Port, string Namespace);
