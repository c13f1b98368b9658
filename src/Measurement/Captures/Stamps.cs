namespace Latlab.Measurement.Captures;

/// <summary>What a stamp can be: differences and sums of two must not overflow, or everything behind the readers does.</summary>
internal static class Stamps
{
    /// <summary>Farthest from 1970, before or after it, in nanoseconds: 146 years.</summary>
    public const long Farthest = 1L << 62;

    /// <summary>The stamp; 0, which is none, for one that no clock can have made.</summary>
    public static long Possible(long timeNs) => timeNs is >= -Farthest and <= Farthest ? timeNs : 0;

    /// <summary>What is said of those that are none.</summary>
    public static string Problem(long count) =>
        $"{(count == 1 ? "a stamp is" : $"{count} stamps are")} more than 146 years from 1970, which no clock makes: taken as missing";
}
