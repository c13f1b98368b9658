using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Statistics;

/// <summary>Is told which interval of the course over time departures count in.</summary>
internal interface IIntervalObserver
{
    /// <summary>Departures of one fate count in an interval; columns of one length.</summary>
    /// <param name="interval">The interval.</param>
    /// <param name="fate">What became of each.</param>
    /// <param name="latencyNs">As of <see cref="SettledBatch"/>.</param>
    /// <param name="flows">The flow of each.</param>
    public void OnCounted(Interval interval, Fate fate, ReadOnlySpan<long> latencyNs, ReadOnlySpan<ushort> flows);
}
