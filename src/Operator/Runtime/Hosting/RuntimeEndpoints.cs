using Prometheus;

namespace Latlab.Operator.Runtime;

/// <summary>What probes and Prometheus ask for.</summary>
internal static class RuntimeEndpoints
{
    /// <summary>
    /// <c>/metrics</c>; <c>/healthz</c>, 503 when a loop ended; <c>/readyz</c>, 503 until every informer caught up. A standby is ready.
    /// </summary>
    public static IEndpointRouteBuilder MapRuntimeEndpoints(this IEndpointRouteBuilder endpoints)
    {
        var service = endpoints.ServiceProvider.GetRequiredService<OperatorService>();
        endpoints.MapMetrics("/metrics", endpoints.ServiceProvider.GetRequiredService<CollectorRegistry>());
        endpoints.MapGet("/healthz", () => service.IsAlive
            ? Results.Text("ok")
            : Results.Text(service.Failure?.Message ?? "stopped", statusCode: StatusCodes.Status503ServiceUnavailable));
        endpoints.MapGet("/readyz", () => service.NotSynced is { Count: > 0 } missing
            ? Results.Text($"not synced: {string.Join(", ", missing)}", statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ok"));
        return endpoints;
    }
}
