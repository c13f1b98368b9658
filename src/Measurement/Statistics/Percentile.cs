using System.Globalization;

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

    /// <summary>The 99.999th.</summary>
    public static Percentile P99999 { get; } = new(999_990_000);

    /// <summary>The 99.9999th.</summary>
    public static Percentile P999999 { get; } = new(999_999_000);

    /// <summary>Those that a result has unless others are asked for.</summary>
    public static IReadOnlyList<Percentile> Usual { get; } = [P50, P90, P99, P999, P9999, P99999, P999999];

    /// <summary>In percent: 99.9.</summary>
    public double Percent => PartsPerBillion / 1e7;

    /// <summary>Reads a number in percent, more than 0 and at most 100, with at most seven decimals: <c>99.9999</c>.</summary>
    public static bool TryParse(string text, out Percentile percentile)
    {
        var understood = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent);
        var parts = percent * 10_000_000;
        var possible = understood && percent is > 0 and <= 100 && parts == decimal.Truncate(parts);
        percentile = possible ? new Percentile((long)parts) : default;
        return possible;
    }

    /// <inheritdoc/>
    public override string ToString() => (PartsPerBillion / 10_000_000m).ToString("0.#######", CultureInfo.InvariantCulture);

    /// <summary>Which of <paramref name="count"/> sorted values it is, from 1: p · count, rounded up.</summary>
    public long RankOf(long count) => Math.Max(1, (long)((((Int128)count * PartsPerBillion) + Whole - 1) / Whole));
}
