using System.Text.Json.Serialization;

namespace Latlab.Crds.Runs;

/// <summary>
/// What the meter says when it ends, as JSON in its container's termination message (at most 4096 bytes): run pods have no API token, so
/// this is how their results reach the operator.
/// </summary>
public sealed record MeterReport
{
    /// <summary>The numbers, all but <see cref="RunResults.Generated"/>.</summary>
    public RunResults? Results { get; init; }

    /// <summary>Whether the generator's end marker was seen; without it the capture ended by its deadline.</summary>
    public bool EndMarkerSeen { get; init; }

    /// <summary>Times that a tap's timestamps went backwards.</summary>
    public long ClockSteps { get; init; }

    /// <summary>CPUs that the meter could run on at some time of the window.</summary>
    public string? Cpus { get; init; }

    /// <summary>Why the captures could not be kept as files, when they could not.</summary>
    public string? ArtifactsError { get; init; }

    /// <summary>What went wrong, when something did.</summary>
    public string? Error { get; init; }
}

/// <summary>What the generator says when it ends, in the same way.</summary>
public sealed record GeneratorReport
{
    /// <summary>Packets of the window that the kernel took.</summary>
    public long Sent { get; init; }

    /// <summary>Packets of the window that the kernel refused.</summary>
    public long SendErrors { get; init; }

    /// <summary>Packets of the window that were never given to the kernel.</summary>
    public long NotSent { get; init; }

    /// <summary>Longest time that a packet of the window was sent after it was due.</summary>
    public long MaxLatenessNs { get; init; }

    /// <summary>Most packets of the window that were sent back to back to catch up.</summary>
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
    /// <summary>CPUs that testpmd could run on.</summary>
    public string? Cpus { get; init; }

    /// <summary>Whether those CPUs are the forwarder's alone.</summary>
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
