using Prometheus;

namespace Latlab.Operator.Reboots;

/// <summary>Metrics of reboots. Names and labels are an interface: dashboards and alerts use them.</summary>
internal sealed class RebootMetrics(IMetricFactory metrics)
{
    public Counter Granted { get; } = metrics.CreateCounter(
        "latlab_reboots_granted_total", "Reboots that agents were let make.", ["tunednode"]);

    public Counter Blocked { get; } = metrics.CreateCounter(
        "latlab_reboot_drains_blocked_total", "Nodes that could not be emptied for their reboot.", ["tunednode"]);

    public Gauge Slots { get; } = metrics.CreateGauge(
        "latlab_reboot_slots_held", "Nodes that are being emptied, rebooted, or not back as wished.", ["tunednode"]);

    public Gauge Stopped { get; } = metrics.CreateGauge(
        "latlab_reboot_rollout_stopped", "1 when no further node is rebooted, as one did not come back as wished.", ["tunednode"]);
}
