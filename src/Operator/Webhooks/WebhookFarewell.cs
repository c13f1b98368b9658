namespace Latlab.Operator.Webhooks;

/// <summary>
/// Keeps a replica that was told to end answering for a moment: the API server goes on calling it until it has heard that the pod is no
/// endpoint any more, and a call that finds nobody refuses somebody's write. Controllers stop, and the Lease is given back, meanwhile.
/// </summary>
internal sealed class WebhookFarewell(TimeProvider time) : IHostedLifecycleService
{
    /// <summary>Endpoints change within a second; a part of the 30 that a pod has to end.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(3);

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.Delay(Moment, time, cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
