namespace Latlab.Operator.Runtime;

/// <summary>Delay of an item's next retry: doubles with each failure, within a quarter more or less by chance. Thread-safe.</summary>
/// <param name="shortest">Delay after the first failure, before chance.</param>
/// <param name="longest">Never more than this.</param>
/// <param name="random">Chance: 0 to below 1.</param>
internal sealed class ItemBackoff<T>(TimeSpan shortest, TimeSpan longest, Func<double> random)
    where T : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<T, int> _failures = [];

    /// <summary>Counts a failure and returns how long to wait.</summary>
    public TimeSpan Next(T item)
    {
        int failures;
        lock (_gate)
        {
            failures = _failures.GetValueOrDefault(item);
            _failures[item] = failures + 1;
        }

        // Without chance, items that failed together would be retried together, again and again.
        return Backoff.Delay(shortest, longest, failures, random());
    }

    public void Forget(T item)
    {
        lock (_gate)
        {
            _failures.Remove(item);
        }
    }
}
