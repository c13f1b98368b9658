using k8s.Models;
using Latlab.Crds.Runs;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Runs;

/// <summary>What a run needs to know of one of its pods.</summary>
internal sealed record PodState
{
    /// <summary>Whether kubelet says that it is ready.</summary>
    public bool Ready { get; private init; }

    /// <summary>Whether it was asked to end.</summary>
    public bool Deleting { get; private init; }

    /// <summary>
    /// When the time is over that it was given to end (kubelet's <c>deletionTimestamp</c> is the request's time plus the grace); null while
    /// nobody asked.
    /// </summary>
    public DateTimeOffset? GraceEnds { get; private init; }

    /// <summary>Whether a node has it.</summary>
    public bool Scheduled { get; private init; }

    /// <summary>Whether its container runs, or ran, as far as kubelet has said. A pod whose kubelet is silent has not started.</summary>
    public bool Started { get; private init; }

    /// <summary>Whether its container has ended, or will never run.</summary>
    public bool Ended { get; private init; }

    /// <summary>Exit code of its container, when that has ended.</summary>
    public int? ExitCode { get; private init; }

    /// <summary>When its container ended, when that is known.</summary>
    public DateTimeOffset? EndedAt { get; private init; }

    /// <summary>What its container left as termination message.</summary>
    public string? Report { get; private init; }

    /// <summary>Why it cannot go on, when it cannot.</summary>
    public PodTrouble? Trouble { get; private init; }

    /// <summary>Why it does not run yet, in kubelet's or the scheduler's words.</summary>
    public string? Waiting { get; private init; }

    /// <summary>Image with digest, as the container runtime reports it.</summary>
    public string? ImageId { get; private init; }

    /// <summary>
    /// Whether nothing of it is left on its node. Kubelet reports the end of a container, but of one that never started it says nothing
    /// until its garbage collection has come round, up to 75 s later (kubernetes/kubernetes#97288). It starts none that is to be deleted,
    /// and one that it was just about to start shows until the grace is over. Kubelet of a node that left the cluster says nothing at all.
    /// </summary>
    public bool MayGo(bool nodeExists, DateTimeOffset now) =>
        Ended || (Scheduled && !nodeExists) || (!Started && GraceEnds is { } end && now > end + RunDeadlines.NeverStarted);

    /// <summary>Reads a pod; null stays null.</summary>
    public static PodState? From(V1Pod? pod)
    {
        if (pod is null)
        {
            return null;
        }

        var container = pod.Status?.ContainerStatuses?.FirstOrDefault(c => c.Name == RunPodNames.Container);
        var terminated = container?.State?.Terminated;
        var trouble = TroubleOf(pod, container);
        return new PodState
        {
            Ready = pod.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) ?? false,
            Deleting = pod.Metadata.DeletionTimestamp is not null,
            GraceEnds = ApiTime.Of(pod.Metadata.DeletionTimestamp),
            Scheduled = !string.IsNullOrEmpty(pod.Spec?.NodeName),
            Started = container is { State.Running: not null } or { State.Terminated: not null } or { Started: true },
            Ended = terminated is not null || pod.Status?.Phase is "Failed" or "Succeeded" || IsReleasedByKubelet(pod),
            ExitCode = terminated?.ExitCode,
            EndedAt = ApiTime.Of(terminated?.FinishedAt),
            Report = terminated?.Message,
            Trouble = trouble,
            Waiting = container?.State?.Waiting is { } waiting ? Text(waiting.Reason, waiting.Message) : Unscheduled(pod),
            ImageId = container?.ImageID,
        };
    }

    /// <summary>
    /// kubelet deletes a pod a second time, with no grace, when nothing of it is left on the node; the API server does so at once for a pod
    /// without a node. A container that never started is never reported as ended otherwise.
    /// </summary>
    private static bool IsReleasedByKubelet(V1Pod pod) => pod.Metadata is { DeletionTimestamp: not null, DeletionGracePeriodSeconds: 0 };

    private static string? Unscheduled(V1Pod pod) =>
        pod.Status?.Conditions?.FirstOrDefault(c => c is { Type: "PodScheduled", Status: "False" }) is { } condition
            ? Text(condition.Reason, condition.Message)
            : null;

    private static PodTrouble? TroubleOf(V1Pod pod, V1ContainerStatus? container)
    {
        if (container?.State?.Waiting is { } waiting && waiting.Reason is
            "ImagePullBackOff" or "ErrImageNeverPull" or "InvalidImageName" or "ImageInspectError" or "RegistryUnavailable")
        {
            return new PodTrouble(RunConditions.ReasonImagePull, Text(waiting.Reason, $"image \"{container.Image}\": {waiting.Message}"));
        }

        if (container?.State?.Waiting is { Reason: "CreateContainerConfigError" or "CreateContainerError" or "RunContainerError" } refused)
        {
            return new PodTrouble(RunConditions.ReasonPodRejected, Text(refused.Reason, refused.Message));
        }

        if (container?.State?.Terminated is { } terminated)
        {
            return terminated switch
            {
                { Reason: "OOMKilled" } => new PodTrouble(
                    RunConditions.ReasonOutOfMemory, $"the container needed more memory than its limit of {MemoryLimit(pod)}; raise it"),
                { ExitCode: 0 } when pod.Status?.Phase == "Failed" => new PodTrouble(
                    null, $"the container ended with exit code 0 as its pod was ended: {Text(pod.Status.Reason ?? "phase Failed", pod.Status.Message)}"),
                { ExitCode: 0 } => null,
                _ when PodReportReader.Error(terminated.Message) is { } error => new PodTrouble(null, error) { SaysItAll = true },
                _ => new PodTrouble(null, $"the container ended with exit code {terminated.ExitCode} ({terminated.Reason})"),
            };
        }

        return pod.Status?.Phase == "Failed"
            ? new PodTrouble(RunConditions.ReasonPodRejected, Text(pod.Status.Reason, pod.Status.Message))
            : null;
    }

    private static string MemoryLimit(V1Pod pod) =>
        pod.Spec?.Containers?.FirstOrDefault()?.Resources?.Limits?.TryGetValue("memory", out var limit) == true ? limit.ToString() : "none";

    private static string Text(string? reason, string? message) => string.IsNullOrEmpty(message) ? reason ?? "" : $"{reason}: {message}";
}

/// <summary>Why a pod cannot go on.</summary>
/// <param name="Reason">Reason for the run's condition; null when that depends on which pod it is.</param>
/// <param name="Message">For people.</param>
internal sealed record PodTrouble(string? Reason, string Message)
{
    /// <summary>Whether the message is the program's own, so that its log adds nothing.</summary>
    public bool SaysItAll { get; init; }
}
