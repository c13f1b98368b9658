using Prometheus;

namespace Latlab.Operator.Runtime;

/// <summary>The runtime's metrics. Names and labels are an interface: dashboards and alerts use them.</summary>
internal sealed class RuntimeMetrics
{
    public RuntimeMetrics(IMetricFactory metrics, CollectorRegistry registry)
    {
        DotNetStats.Register(registry);
        string[] controller = ["controller"];
        string[] informer = ["kind", "namespace"];
        QueueDepth = metrics.CreateGauge("latlab_queue_depth", "Objects waiting to be reconciled.", controller);
        QueueAdds = metrics.CreateCounter("latlab_queue_adds_total", "Changes that asked for a reconcile.", controller);
        QueueRetries = metrics.CreateCounter("latlab_queue_retries_total", "Objects put into the queue again after an error.", controller);
        ReconcileSeconds = metrics.CreateHistogram(
            "latlab_reconcile_seconds",
            "Length of a reconcile.",
            controller,
            new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.001, 4, 9) });
        ReconcileErrors = metrics.CreateCounter(
            "latlab_reconcile_errors_total",
            "Reconciles that did not succeed: exception (retried), conflict (retried), failure (waits for a change of the object).",
            ["controller", "kind"]);
        Conflicts = metrics.CreateCounter("latlab_api_conflicts_total", "Writes that the API server refused because the object had changed.");
        EventsFailed = metrics.CreateCounter("latlab_events_failed_total", "Events that could not be published, or were dropped because too many waited.");
        InformerObjects = metrics.CreateGauge("latlab_informer_objects", "Objects in the cache.", informer);
        InformerLastSync = metrics.CreateGauge(
            "latlab_informer_last_sync_timestamp_seconds", "When the cache was last known to be up to date, in Unix time.", informer);
        WatchRestarts = metrics.CreateCounter(
            "latlab_informer_watch_restarts_total",
            "Watches that ended: timeout (as planned), idle (nothing happened, as planned), gone (everything is listed anew), error.",
            [.. informer, "reason"]);
        InformerMalformed = metrics.CreateCounter(
            "latlab_informer_malformed_objects_total", "Objects that could not be read; the cache keeps their earlier state.", informer);
        Leader = metrics.CreateGauge("latlab_leader", "1 on the replica that leads, 0 on the others.");
    }

    public Gauge QueueDepth { get; }

    public Counter QueueAdds { get; }

    public Counter QueueRetries { get; }

    public Histogram ReconcileSeconds { get; }

    public Counter ReconcileErrors { get; }

    public Counter Conflicts { get; }

    public Counter EventsFailed { get; }

    public Gauge InformerObjects { get; }

    public Gauge InformerLastSync { get; }

    public Counter WatchRestarts { get; }

    public Counter InformerMalformed { get; }

    public Gauge Leader { get; }
}
