namespace Latlab.Reports.Plots;

/// <summary>Nanoseconds in the units of axes. Doubles hold them exactly enough: 2⁵³ ns are 104 days.</summary>
internal static class Units
{
    /// <summary>Latencies.</summary>
    public static double? Microseconds(long? ns) => ns is { } known ? known / 1e3 : null;

    /// <summary>Times since the start.</summary>
    public static double Seconds(long ns) => ns / 1e9;
}
