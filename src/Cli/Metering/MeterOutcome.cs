using Latlab.Measurement.Live;
using Latlab.Measurement.Matching;

namespace Latlab.Cli.Metering;

/// <summary>What was metered.</summary>
/// <param name="Packets">The matching's result.</param>
/// <param name="Ingress">The ingress capture's counts.</param>
/// <param name="Egress">The egress capture's counts.</param>
/// <param name="Announced">Packets that the generator said it sent; null when its end marker was not seen.</param>
internal sealed record MeterOutcome(MatchResult Packets, CaptureStatistics Ingress, CaptureStatistics Egress, long? Announced);
