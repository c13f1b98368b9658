using System.Text.Json.Serialization;

namespace Latlab.Crds.Runs;

/// <summary>
/// What the meter says when it ends, as JSON in its container's termination message (at most 4096 bytes): run pods have no API token, so
/// this is how their results reach the operator.
/// </summary>
public sealed record MeterReport
{
    /// <summary>The numbers, all but those that the generator alone knows, see <see cref="GeneratorReport"/>.</summary>
    public RunResults? Results { get; init; }

    /// <summary>Whether the generator's end marker was seen; without it the capture ended by its deadline.</summary>
    public bool EndMarkerSeen { get; init; }

    /// <summary>
    /// Times that the clock was seen to step, in either direction: a tap's timestamps went backwards, or CLOCK_REALTIME moved against
    /// CLOCK_MONOTONIC. One step may be seen several times.
    /// </summary>
    public long ClockSteps { get; init; }

    /// <summary>
    /// Every CPU that the meter may have used during the window, as the kernel writes lists: those that it was allowed when it saw the
    /// first measured packet, and those at the end.
    /// </summary>
    public string? Cpus { get; init; }

    /// <summary>
    /// Why a capture file is not complete, and the remedy; absent when all that were asked for are. The numbers do not depend on it.
    /// </summary>
    public string? ArtifactsError { get; init; }

    /// <summary>What went wrong, when something did.</summary>
    public string? Error { get; init; }
}

/// <summary>What the generator says when it ends, in the same way.</summary>
public sealed record GeneratorReport
{
    /// <summary>Packets of the window that the kernel took.</summary>
    public long Sent { get; init; }

    /// <summary>Packets of the window that the kernel refused for want of room.</summary>
    public long SendErrors { get; init; }

    /// <summary>
    /// Packets of the window that were never handed to the kernel: late by too much, or still to come when it was told to stop.
    /// </summary>
    public long NotSent { get; init; }

    /// <summary>Longest time in nanoseconds by which a packet of the window was handed to the kernel too late.</summary>
    public long MaxLatenessNs { get; init; }

    /// <summary>Most packets of the window that were due at once, and thus sent back to back.</summary>
    public long LongestBurst { get; init; }

    /// <summary>Packets/s over the window, by the generator's clock.</summary>
    public long OfferedRate { get; init; }

    /// <summary>CPUs that the generator could run on.</summary>
    public string? Cpus { get; init; }

    /// <summary>What went wrong, when something did.</summary>
    public string? Error { get; init; }
}

/// <summary>What the forwarder's entry point says before it becomes testpmd, in the same way.</summary>
public sealed record ForwarderReport
{
    /// <summary>CPUs that testpmd was pinned to, as the kernel writes lists.</summary>
    public string? Cpus { get; init; }

    /// <summary>
    /// Whether the pod was allowed exactly as many CPUs as were asked for, as with kubelet's CPU manager policy <c>static</c>. Where not,
    /// it was allowed more, which others use as well, or fewer.
    /// </summary>
    public bool Exclusive { get; init; }

    /// <summary>testpmd's command line.</summary>
    public string? Command { get; init; }

    /// <summary>Version of DPDK.</summary>
    public string? DpdkVersion { get; init; }

    /// <summary>What went wrong, when something did.</summary>
    public string? Error { get; init; }
}

/// <summary>Reads and writes the reports.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MeterReport))]
[JsonSerializable(typeof(GeneratorReport))]
[JsonSerializable(typeof(ForwarderReport))]
public sealed partial class PodReportJson : JsonSerializerContext;
