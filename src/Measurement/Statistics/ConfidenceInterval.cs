namespace Latlab.Measurement.Statistics;

/// <summary>
/// Distribution-free confidence intervals of percentiles by order statistics: of n independent values, the number below the p-quantile is
/// binomial (n, p), so the values at two ranks enclose the quantile with a probability that depends on nothing else (Hahn and Meeker,
/// "Statistical Intervals", 1991, §5.2; known to the author from memory). Consecutive packets are not independent: a stall makes many of
/// them slow, and the interval is then narrower than the truth. Read it with the episodes.
/// </summary>
public static class ConfidenceInterval
{
    /// <summary>Probability that an interval encloses the quantile, at least.</summary>
    public const double Level = 0.95;

    /// <summary>Beyond this many standard deviations nothing is summed: less than 10⁻²² is there.</summary>
    private const double Reach = 10;

    private const double Tail = (1 - Level) / 2;

    /// <summary>
    /// The ranks, from 1, of the values that enclose <paramref name="percentile"/> of the distribution that <paramref name="count"/> values
    /// were drawn from; each is null when the sample is too small to have that bound.
    /// </summary>
    public static (long? Lower, long? Upper) RanksOf(Percentile percentile, long count)
    {
        if (count <= 0 || percentile.PartsPerBillion is <= 0 or >= 1_000_000_000)
        {
            return (null, null);
        }

        var share = percentile.PartsPerBillion / 1e9;
        // P(X(r) ≤ quantile) = P(at least r values below) = P(B ≥ r), and P(quantile ≤ X(s)) = P(B ≤ s - 1).
        var lower = LargestWithTailBelow(count, share);
        var upper = count + 1 - LargestWithTailBelow(count, 1 - share);
        return (lower < 1 ? null : lower, upper > count ? null : upper);
    }

    /// <summary>
    /// The largest r with P(B &lt; r) ≤ <see cref="Tail"/> for B binomial (<paramref name="count"/>, <paramref name="share"/>).
    /// </summary>
    private static long LargestWithTailBelow(long count, double share)
    {
        var mean = count * share;
        var deviation = Math.Sqrt(mean * (1 - share));
        var value = Math.Max(0, (long)(mean - (Reach * deviation) - Reach));
        var probability = Math.Exp(LogProbability(count, share, value));
        var cumulated = probability;
        while (cumulated <= Tail)
        {
            // P(B = k + 1) = P(B = k) · (n - k) / (k + 1) · p / (1 - p)
            probability *= (count - value) / (value + 1.0) * (share / (1 - share));
            value++;
            cumulated += probability;
        }

        return value;
    }

    private static double LogProbability(long count, double share, long value) =>
        LogFactorial(count) - LogFactorial(value) - LogFactorial(count - value)
            + (value * Math.Log(share)) + ((count - value) * double.LogP1(-share));

    /// <summary>Stirling's series; its error is below 10⁻¹¹ from 10 on.</summary>
    private static double LogFactorial(long value)
    {
        if (value < 10)
        {
            var product = 1.0;
            for (var factor = 2; factor <= value; factor++)
            {
                product *= factor;
            }

            return Math.Log(product);
        }

        double n = value;
        return (n * Math.Log(n)) - n + (0.5 * Math.Log(2 * Math.PI * n)) + (1 / (12 * n)) - (1 / (360 * n * n * n))
            + (1 / (1260 * n * n * n * n * n));
    }
}
