using Latlab.Crds.Runs;
using Latlab.Crds.Validation;

namespace Latlab.Operator.Runs;

/// <summary>How long a run waits for what. Documented for users in docs/reference/runs.md.</summary>
internal static class RunDeadlines
{
    /// <summary>For each of meter and forwarder to be ready, and for the generator to start.</summary>
    public static readonly TimeSpan Start = TimeSpan.FromSeconds(60);

    /// <summary>
    /// For the generator to be done past warm-up and duration; then for the meter past Tmax, before it is asked to end without the end
    /// marker.
    /// </summary>
    public static readonly TimeSpan Finish = TimeSpan.FromSeconds(10);

    /// <summary>For the node's tuning to be in effect again after the run was made.</summary>
    public static readonly TimeSpan Tuning = TimeSpan.FromMinutes(5);

    /// <summary>For a pod to end after it was asked to.</summary>
    public static readonly TimeSpan PodGrace = TimeSpan.FromSeconds(10);

    /// <summary>
    /// For kubelet, past a deleted pod's grace, to say that its container did start after all; the clocks of node and API server may differ
    /// a little.
    /// </summary>
    public static readonly TimeSpan NeverStarted = TimeSpan.FromSeconds(5);

    /// <summary>For the node's agent to read everything back.</summary>
    public static readonly TimeSpan ReadBack = TimeSpan.FromSeconds(20);

    /// <summary>To look again at what is being taken away, so that an event that is lost costs seconds.</summary>
    public static readonly TimeSpan CleanUpLook = TimeSpan.FromSeconds(5);

    /// <summary>To try again what the API server refused, or what the caches were behind for.</summary>
    public static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    /// <summary>Length of the traffic and of the wait for its last packets.</summary>
    public static TimeSpan Traffic(LatencyRunSpec spec) =>
        LengthOfTime.Parse(spec.Traffic.WarmUp) + LengthOfTime.Parse(spec.Traffic.Duration) + LengthOfTime.Parse(spec.Measurement.Window);

    /// <summary>From the start of the generator's pod to its end.</summary>
    public static TimeSpan Measuring(LatencyRunSpec spec) => Start + Traffic(spec) + Finish;

    /// <summary>
    /// Life of a meter that nobody asks to end, as its operator is gone: as long as forwarder and generator may take to start, and all of
    /// the rest.
    /// </summary>
    public static TimeSpan Meter(LatencyRunSpec spec) => (2 * Start) + ReadBack + Measuring(spec) + Finish;

    /// <summary>How long the node's agent keeps still, should nobody tell it that the traffic is over.</summary>
    public static TimeSpan Quiet(LatencyRunSpec spec) => ReadBack + Meter(spec);
}
