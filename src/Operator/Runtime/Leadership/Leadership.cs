namespace Latlab.Operator.Runtime;

/// <summary>
/// Whether this replica may act. Measured by the monotonic clock from before the last renewal was sent: however long the process was
/// stopped meanwhile, it never takes itself for the leader when another may be.
/// </summary>
internal sealed class Leadership(OperatorRuntimeOptions options, TimeProvider time, RuntimeMetrics metrics)
{
    private readonly Lock _gate = new();
    private long? _renewedAt;

    public bool IsLeading
    {
        get
        {
            if (!options.LeaderElection)
            {
                return true;
            }

            lock (_gate)
            {
                return _renewedAt is { } renewedAt && time.GetElapsedTime(renewedAt) < options.LeaseDuration;
            }
        }
    }

    /// <summary>The Lease is ours, by a request that was sent at <paramref name="timestamp"/>.</summary>
    public void Renewed(long timestamp)
    {
        lock (_gate)
        {
            _renewedAt = timestamp;
        }

        metrics.Leader.Set(1);
    }

    /// <summary>The Lease is not ours any more.</summary>
    public void Ended()
    {
        lock (_gate)
        {
            _renewedAt = null;
        }

        metrics.Leader.Set(0);
    }

    /// <exception cref="NotLeadingException">This replica must not write.</exception>
    public void ThrowIfNotLeading(string request)
    {
        if (!IsLeading)
        {
            throw new NotLeadingException($"{request}: not sent, as this replica ({options.Identity}) does not hold the Lease {options.LeaseName}");
        }
    }
}
