using System.Diagnostics;

namespace Testing;

/// <summary>Waits for what comes about by itself, and says what did not.</summary>
public static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    /// <summary>Waits until <paramref name="condition"/> holds.</summary>
    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? within = null) =>
        TrueAsync(() => Task.FromResult(condition()), what, within);

    /// <inheritdoc cref="TrueAsync(Func{bool}, string, TimeSpan?)"/>
    public static Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? within = null) =>
        GetAsync(async () => await condition() ? "yes" : null, what, within);

    /// <summary>Waits until <paramref name="probe"/> returns something. An exception of the probe counts as nothing yet.</summary>
    /// <exception cref="TimeoutException">Nothing came in time.</exception>
    public static async Task<T> GetAsync<T>(Func<Task<T?>> probe, string what, TimeSpan? within = null)
        where T : class
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            Exception? problem = null;
            try
            {
                if (await probe() is { } found)
                {
                    return found;
                }
            }
            catch (Exception exception)
            {
                problem = exception;
            }

            if (Stopwatch.GetElapsedTime(started) > (within ?? Deadline))
            {
                throw new TimeoutException($"Not within {(within ?? Deadline).TotalSeconds} s: {what}", problem);
            }

            await Task.Delay(Interval);
        }
    }
}
