namespace Latlab.NodeAgent.Cluster;

/// <summary>Waits that double from one second to a minute, each with jitter, so that a thousand agents do not come back at once.</summary>
internal sealed class Backoff(TimeProvider clock, Random random)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private TimeSpan _next = TimeSpan.FromSeconds(1);

    public void Reset() => _next = TimeSpan.FromSeconds(1);

    public Task WaitAsync(CancellationToken cancellationToken) => Task.Delay(Next(), clock, cancellationToken);

    /// <summary>Between half of the current wait and all of it.</summary>
    internal TimeSpan Next()
    {
        var wait = _next * (0.5 + (random.NextDouble() / 2));
        _next = _next * 2 > Longest ? Longest : _next * 2;
        return wait;
    }
}
