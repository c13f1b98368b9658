namespace Latlab.NodeAgent.Cluster;

/// <summary>
/// Whether the agent's work goes on. Between two passes there may be a day, while a run measures: what is watched is that a pass that has
/// begun ends.
/// </summary>
internal sealed class PassWatch(TimeProvider clock)
{
    /// <summary>Two looks at noise of ten minutes each, and programs of the host's that are given minutes.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    private readonly Lock _gate = new();
    private DateTimeOffset? _since;

    /// <summary>Why the present pass is taken for stuck; null when it is not, or there is none.</summary>
    public string? Problem
    {
        get
        {
            lock (_gate)
            {
                return _since is { } since && clock.GetUtcNow() - since > Longest
                    ? $"the pass that began at {since:yyyy-MM-dd'T'HH:mm:ss'Z'} has not ended within {Longest.TotalMinutes} minutes"
                    : null;
            }
        }
    }

    public async Task DuringAsync(Func<Task> pass)
    {
        Set(clock.GetUtcNow());
        try
        {
            await pass();
        }
        finally
        {
            Set(null);
        }
    }

    private void Set(DateTimeOffset? since)
    {
        lock (_gate)
        {
            _since = since;
        }
    }
}
