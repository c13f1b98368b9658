using Latlab.Crds.Experiments;
using Latlab.Crds.Validation;

namespace Latlab.Crds.Runs;

/// <summary>How many packets a constant rate makes: the generator sends so many, and the verdict on a run holds it to them.</summary>
public static class PlannedPackets
{
    /// <summary>Packets of a run's window, at least one.</summary>
    public static long OfWindow(TrafficSpec traffic) => OfWindow(LengthOfTime.Parse(traffic.Duration), traffic.Rate);

    /// <inheritdoc cref="OfWindow(TrafficSpec)"/>
    public static long OfWindow(TimeSpan duration, int rate) => Math.Max(1, In(duration, rate));

    /// <summary>Packets that are due within a length of time.</summary>
    public static long In(TimeSpan time, int rate) => (long)((Int128)time.Ticks * rate / TimeSpan.TicksPerSecond);
}
