namespace Latlab.Crds.Experiments;

/// <summary>Condition types and reasons of a LatencyExperiment.</summary>
public static class ExperimentConditions
{
    /// <summary>The spec can be carried out on the node as it is. While it is not, nothing is created.</summary>
    public const string Accepted = "Accepted";

    /// <summary>The node's tuning is in effect.</summary>
    public const string NodeReady = "NodeReady";

    /// <summary>Every run ended, whatever its outcome.</summary>
    public const string Complete = "Complete";

    /// <summary>Every wished run has a valid result.</summary>
    public const string Measured = "Measured";

    /// <summary>Every wished run has a valid result, and every objective was met in each.</summary>
    public const string ObjectivesMet = "ObjectivesMet";

    /// <summary>Reason of <see cref="Accepted"/> when all is well.</summary>
    public const string ReasonValid = "Valid";

    /// <summary>Reason of <see cref="Accepted"/> when a field has a value that cannot be.</summary>
    public const string ReasonInvalid = "Invalid";

    /// <summary>Reason of <see cref="NodeReady"/> when the tuning is in effect.</summary>
    public const string ReasonTuningInEffect = "TuningInEffect";

    /// <summary>Reason of <see cref="NodeReady"/> while it is not.</summary>
    public const string ReasonWaitingForTuning = "WaitingForTuning";

    /// <summary>Reason of <see cref="Complete"/>, <see cref="Measured"/> and <see cref="ObjectivesMet"/> while runs are left.</summary>
    public const string ReasonRunning = "RunsLeft";

    /// <summary>Reason of <see cref="Complete"/> at the end.</summary>
    public const string ReasonAllRunsEnded = "AllRunsEnded";

    /// <summary>Reason of <see cref="Measured"/> when every run is valid.</summary>
    public const string ReasonAllRunsValid = "AllRunsValid";

    /// <summary>
    /// Reason of <see cref="Measured"/> when a run failed or is invalid, and of <see cref="ObjectivesMet"/> when the others met them.
    /// </summary>
    public const string ReasonRunsWithoutResult = "RunsWithoutResult";

    /// <summary>Reason of <see cref="ObjectivesMet"/> when they are.</summary>
    public const string ReasonMet = "Met";

    /// <summary>Reason of <see cref="ObjectivesMet"/> when one is not.</summary>
    public const string ReasonMissed = "Missed";

    /// <summary>Reason of <see cref="ObjectivesMet"/> when none were set.</summary>
    public const string ReasonNone = "NoObjectives";
}
