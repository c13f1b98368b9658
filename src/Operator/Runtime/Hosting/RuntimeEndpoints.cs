using Prometheus;

namespace Latlab.Operator.Runtime;

/// <summary>What probes and Prometheus ask for.</summary>
internal static class RuntimeEndpoints
{
    /// <summary>
    /// <c>/metrics</c>; <c>/healthz</c>, 503 when a loop ended; <c>/readyz</c>, 503 until every informer caught up and every
    /// <see cref="IReadiness"/> is content. A standby is ready.
    /// </summary>
    public static IEndpointRouteBuilder MapRuntimeEndpoints(this IEndpointRouteBuilder endpoints)
    {
        var service = endpoints.ServiceProvider.GetRequiredService<OperatorService>();
        endpoints.MapMetrics("/metrics", endpoints.ServiceProvider.GetRequiredService<CollectorRegistry>());
        endpoints.MapGet("/healthz", () => service.IsAlive
            ? Results.Text("ok")
            : Results.Text(service.Failure?.Message ?? "stopped", statusCode: StatusCodes.Status503ServiceUnavailable));
        var others = endpoints.ServiceProvider.GetServices<IReadiness>().ToList();
        endpoints.MapGet("/readyz", () => NotReady(service, others) is { } why
            ? Results.Text(why, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ok"));
        return endpoints;
    }

    private static string? NotReady(OperatorService service, IEnumerable<IReadiness> others) => service.NotSynced is { Count: > 0 } missing
        ? $"not synced: {string.Join(", ", missing)}"
        : others.Select(o => o.NotReady).FirstOrDefault(why => why is not null);
}
