using Latlab.Operator.Reboots;
using Latlab.Operator.Reservations;
using Latlab.Operator.Runtime;
using Latlab.Operator.Tests.Runs;
using Prometheus;

namespace Latlab.Operator.Tests.Reboots;

/// <summary>The real controller of reboots between simulated parts.</summary>
internal sealed class SimulatedOperator
{
    private readonly RebootController _controller;

    public SimulatedOperator(SimulatedApi api, SimulatedClient client, SimulatedPods pods, TimeProvider clock)
    {
        Caches = new SimulatedCaches(api);
        var holders = new NodeHolders(Caches.Leases, Caches.Runs, Settings);
        var metrics = new RebootMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()));
        var applier = new RebootApplier(client, new SimulatedNodes(api, client), pods, Events, metrics, Settings, clock);
        Observer = new RebootObserver(Caches.TunedNodes, Caches.Tunings, Caches.Nodes, holders, client, pods, Settings);
        _controller = new RebootController(Observer, applier, metrics, Settings, clock);
    }

    public static OperatorSettings Settings { get; } = new() { AllowReboots = true };

    public SimulatedCaches Caches { get; }

    public RebootObserver Observer { get; }

    public RecordedEvents Events { get; } = new();

    /// <summary>One pass of the controller over what the caches know; false when it failed.</summary>
    public async Task<bool> PassAsync(string tunedNode)
    {
        try
        {
            await _controller.ReconcileAsync(Caches.TunedNodes.Get(null, tunedNode)!, CancellationToken.None);
            return true;
        }
        catch (Exception exception) when (exception is ApiException or TimeoutException or HttpRequestException or OperationCanceledException)
        {
            // A conflict, or the operator was killed: it is done again.
            return false;
        }
    }
}
