using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Tests.Matching;

/// <summary>Keeps all that a matcher finds.</summary>
internal sealed class MatchRecorder : IMatchObserver
{
    public List<SettledPacket> Settled { get; } = [];

    public List<ArrivedPacket> Arrived { get; } = [];

    public void OnSettled(ReadOnlySpan<SettledPacket> packets) => Settled.AddRange(packets);

    public void OnArrived(ReadOnlySpan<ArrivedPacket> packets) => Arrived.AddRange(packets);
}
