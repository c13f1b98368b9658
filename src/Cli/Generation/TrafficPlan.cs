using Latlab.Crds.Runs;
using Latlab.Measurement.Identity;

namespace Latlab.Cli.Generation;

/// <summary>
/// Which packet is to be sent when: one constant rate through warm-up and window, flows taking turns. RFC 2544 wants a constant load, so
/// what is late by more than <see cref="MostLateNs"/> is not sent at all: a generator that cannot keep up ends in time, and one that was
/// held up does not make up for it by an endless burst. Shorter delays, which any kernel causes, are caught up, so that the number of
/// packets is as asked for; how long they were and how large a burst followed is reported with the numbers.
/// </summary>
/// <param name="Rate">Packets/s over all flows.</param>
/// <param name="Flows">Number of flows.</param>
/// <param name="WarmUp">Length of the traffic before the window.</param>
/// <param name="Duration">Length of the window.</param>
internal sealed record TrafficPlan(int Rate, int Flows, TimeSpan WarmUp, TimeSpan Duration)
{
    /// <summary>A packet that is late by more than this, 100 ms, is not worth sending.</summary>
    public const long MostLateNs = 100_000_000;

    private const long NsPerSecond = 1_000_000_000;

    /// <summary>Packets before the window.</summary>
    public long WarmUpPackets { get; } = PlannedPackets.In(WarmUp, Rate);

    /// <summary>Packets of the window, at least one.</summary>
    public long MeasuredPackets { get; } = PlannedPackets.OfWindow(Duration, Rate);

    /// <summary>Packets in all.</summary>
    public long Packets => WarmUpPackets + MeasuredPackets;

    /// <summary>
    /// When packet <paramref name="index"/> is due, in nanoseconds from the start. Computed from the index, so that rounding does not add
    /// up.
    /// </summary>
    public long DueNs(long index) => (long)((Int128)index * NsPerSecond / Rate);

    /// <summary>How many packets are due <paramref name="elapsedNs"/> after the start; never more than there are.</summary>
    public long DueAfter(long elapsedNs) => (long)Int128.Min(Packets, (((Int128)(elapsedNs + 1) * Rate) + NsPerSecond - 1) / NsPerSecond);

    /// <summary>
    /// The first packet that is still worth sending <paramref name="elapsedNs"/> after the start; the number of packets when none is.
    /// </summary>
    public long FirstInTime(long elapsedNs) => elapsedNs <= MostLateNs ? 0 : DueAfter(elapsedNs - MostLateNs - 1);

    /// <summary>How many of <paramref name="count"/> packets from <paramref name="firstIndex"/> on belong to the window.</summary>
    public long MeasuredIn(long firstIndex, long count) => Math.Clamp(firstIndex + count - WarmUpPackets, 0, count);

    /// <summary>
    /// What packet <paramref name="index"/> carries. Warm-up and window number their packets separately, each flow from 0.
    /// </summary>
    public GeneratorHeader HeaderOf(long index, uint runId)
    {
        var warmUp = index < WarmUpPackets;
        var number = warmUp ? index : index - WarmUpPackets;
        var kind = warmUp ? PacketKind.WarmUp : PacketKind.Measured;
        return new GeneratorHeader(kind, runId, (ushort)(number % Flows), (ulong)(number / Flows));
    }
}
