namespace Latlab.Crds.Runs;

/// <summary>Condition types and reasons of a LatencyRun.</summary>
public static class RunConditions
{
    /// <summary>The run has its node to itself.</summary>
    public const string Reserved = "Reserved";

    /// <summary>Meter and forwarder are ready.</summary>
    public const string Prepared = "Prepared";

    /// <summary>The run has a result that may be used.</summary>
    public const string Measured = "Measured";

    /// <summary>The run ended, whatever its outcome.</summary>
    public const string Complete = "Complete";

    /// <summary>Every objective was met.</summary>
    public const string ObjectivesMet = "ObjectivesMet";

    /// <summary>Reason of <see cref="Reserved"/> while another run holds the node.</summary>
    public const string ReasonNodeBusy = "NodeBusy";

    /// <summary>Reason of <see cref="Reserved"/> while the node's tuning is not in effect.</summary>
    public const string ReasonWaitingForTuning = "WaitingForTuning";

    /// <summary>Reason of <see cref="Reserved"/> when it is.</summary>
    public const string ReasonLeaseHeld = "LeaseHeld";

    /// <summary>Reason of <see cref="Reserved"/> after the end.</summary>
    public const string ReasonReleased = "Released";

    /// <summary>Reason while a step is not reached or not done.</summary>
    public const string ReasonInProgress = "InProgress";

    /// <summary>Reason of <see cref="Prepared"/> when both pods are ready.</summary>
    public const string ReasonPodsReady = "PodsReady";

    /// <summary>Reason of <see cref="Measured"/> for a valid result.</summary>
    public const string ReasonValid = "Valid";

    /// <summary>Invalid: a capture dropped packets.</summary>
    public const string ReasonCaptureDrops = "CaptureDrops";

    /// <summary>Invalid: a packet arrived before it was sent, or the clock was stepped during the run.</summary>
    public const string ReasonClockUnusable = "ClockUnusable";

    /// <summary>Invalid: the node's tuning changed while the run was on it.</summary>
    public const string ReasonNodeDrifted = "NodeDrifted";

    /// <summary>Invalid: the counters do not add up, or more packets were seen than the generator says it sent.</summary>
    public const string ReasonCountersInconsistent = "CountersInconsistent";

    /// <summary>Invalid: no packet was seen at one of the taps, or none matched.</summary>
    public const string ReasonNothingMatched = "NothingMatched";

    /// <summary>Invalid: the traffic, or its capture, was cut short.</summary>
    public const string ReasonTruncated = "Truncated";

    /// <summary>Invalid: the generator could not hold the rate that was asked for.</summary>
    public const string ReasonRateNotReached = "RateNotReached";

    /// <summary>Failed before the traffic, invalid after it: the node's agent did not say in time what is in effect.</summary>
    public const string ReasonAgentSilent = "AgentSilent";

    /// <summary>
    /// Failed: the run asks for what its TunedNode does not offer to its namespace, for an image that is not allowed, or no experiment made
    /// it.
    /// </summary>
    public const string ReasonNotPermitted = "NotPermitted";

    /// <summary>Failed: an image cannot be had.</summary>
    public const string ReasonImagePull = "ImagePullFailed";

    /// <summary>Failed: a container ran out of memory.</summary>
    public const string ReasonOutOfMemory = "OutOfMemory";

    /// <summary>Failed: the forwarder ended before the generator did.</summary>
    public const string ReasonForwarderDied = "ForwarderDied";

    /// <summary>Failed: the meter ended without a result.</summary>
    public const string ReasonMeterDied = "MeterDied";

    /// <summary>Failed: the generator ended with an error.</summary>
    public const string ReasonGeneratorDied = "GeneratorDied";

    /// <summary>Failed: a pod was not ready, or not done, in time.</summary>
    public const string ReasonTimedOut = "TimedOut";

    /// <summary>Failed: kubelet or the scheduler refused a pod.</summary>
    public const string ReasonPodRejected = "PodRejected";

    /// <summary>Failed: the node's tuning was taken away, or was not in effect in time.</summary>
    public const string ReasonTuningLost = "TuningLost";

    /// <summary>Reason of <see cref="ObjectivesMet"/> when every one was.</summary>
    public const string ReasonMet = "Met";

    /// <summary>Reason of <see cref="ObjectivesMet"/> when one was not; the message has the measured values.</summary>
    public const string ReasonMissed = "Missed";

    /// <summary>Reason of <see cref="ObjectivesMet"/> when there are none.</summary>
    public const string ReasonNoObjectives = "NoObjectives";

    /// <summary>Reason of <see cref="ObjectivesMet"/> when the run has no result that may be compared with them.</summary>
    public const string ReasonNoValidResult = "NoValidResult";

    /// <summary>Reason of <see cref="Complete"/> at the end.</summary>
    public const string ReasonEnded = "Ended";
}
