namespace Latlab.Operator.Runtime;

/// <summary>Exponential back-off with jitter.</summary>
internal static class Backoff
{
    /// <summary>
    /// <paramref name="shortest"/> × 2^<paramref name="failures"/> × a factor from 0.75 to 1.25, never more than
    /// <paramref name="longest"/>.
    /// </summary>
    /// <param name="shortest">Delay at no failure before.</param>
    /// <param name="longest">Upper bound.</param>
    /// <param name="failures">Number of failures before.</param>
    /// <param name="chance">Picks the factor: 0 to below 1.</param>
    public static TimeSpan Delay(TimeSpan shortest, TimeSpan longest, int failures, double chance)
    {
        // At 2^40 any delay is over any bound; more would overflow.
        var delay = shortest.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 40)) * (0.75 + (0.5 * chance));
        return delay >= longest.TotalMilliseconds ? longest : TimeSpan.FromMilliseconds(delay);
    }
}
