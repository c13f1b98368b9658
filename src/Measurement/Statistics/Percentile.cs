namespace Latlab.Measurement.Statistics;

/// <summary>
/// A percentile by nearest rank (RFC 2330 §11.3: the smallest value that at least this share of the sample does not exceed), kept as an
/// integer so that ranks are exact.
/// </summary>
/// <param name="PartsPerBillion">Share of the sample in 10⁻⁹: 999,000,000 is the 99.9th percentile.</param>
public readonly record struct Percentile(long PartsPerBillion)
{
    private const long Whole = 1_000_000_000;

    /// <summary>The median.</summary>
    public static Percentile P50 { get; } = new(500_000_000);

    /// <summary>The 90th.</summary>
    public static Percentile P90 { get; } = new(900_000_000);

    /// <summary>The 99th.</summary>
    public static Percentile P99 { get; } = new(990_000_000);

    /// <summary>The 99.9th.</summary>
    public static Percentile P999 { get; } = new(999_000_000);

    /// <summary>The 99.99th.</summary>
    public static Percentile P9999 { get; } = new(999_900_000);

    /// <summary>Which of <paramref name="count"/> sorted values it is, from 1: p · count, rounded up.</summary>
    public long RankOf(long count) => Math.Max(1, (long)((((Int128)count * PartsPerBillion) + Whole - 1) / Whole));
}
