using Latlab.Measurement.Live;
using Latlab.Measurement.Matching;

namespace Latlab.Cli.Metering;

/// <summary>What was metered.</summary>
/// <param name="Packets">The matching's result.</param>
/// <param name="Statistics">What was found of the matched packets.</param>
/// <param name="Ingress">The ingress capture's counts.</param>
/// <param name="Egress">The egress capture's counts.</param>
/// <param name="Announced">Packets that the generator said it sent; null when its end marker was not seen.</param>
/// <param name="ClockSteps">Times that the clock was seen to be set.</param>
/// <param name="Cpus">Every CPU that may have been used from the first measured packet to the end.</param>
/// <param name="FileProblems">Why capture files are not complete; empty when all are.</param>
internal sealed record MeterOutcome(
    MatchResult Packets,
    RunStatistics Statistics,
    CaptureStatistics Ingress,
    CaptureStatistics Egress,
    long? Announced,
    long ClockSteps,
    string? Cpus,
    IReadOnlyList<string> FileProblems);
