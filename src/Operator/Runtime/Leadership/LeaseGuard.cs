using System.Net;
using k8s.Autorest;
using k8s.LeaderElection;

namespace Latlab.Operator.Runtime;

/// <summary>
/// Stands between KubernetesClient's elector and its lock. The elector gives up its leadership at the first connection error, waits for
/// answers without end, and cannot take a Lease that has no holder; it goes by the wall clock, which may jump, when it takes the Lease of
/// another for expired; and it does not tell until when its leadership is sure.
/// </summary>
internal sealed class LeaseGuard(
    ILock inner, Leadership leadership, TimeProvider time, OperatorRuntimeOptions options, LeaseProblems problems) : ILock
{
    private readonly TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LeaderElectionRecord? _seen;
    private long _seenAt;

    public string Identity => inner.Identity;

    /// <summary>Completes when another replica is seen to hold the Lease that was ours.</summary>
    public Task Taken => _taken.Task;

    public async Task<LeaderElectionRecord> GetAsync(CancellationToken cancellationToken = default)
    {
        var record = await TryAsync(inner.GetAsync, cancellationToken);
        if (record is null)
        {
            // To the elector this means: not now, try again within the deadline.
            throw new HttpOperationException("The Lease cannot be read")
            {
                Response = new HttpResponseMessageWrapper(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable), ""),
            };
        }

        if (leadership.IsLeading && !string.IsNullOrEmpty(record.HolderIdentity) && record.HolderIdentity != Identity)
        {
            leadership.Ended();
            _taken.TrySetResult();
        }

        record.HolderIdentity ??= "";
        record.AcquireTime ??= DateTime.UnixEpoch;
        record.RenewTime ??= DateTime.UnixEpoch;
        if (!record.Equals(_seen))
        {
            (_seen, _seenAt) = (record, time.GetTimestamp());
        }

        return record;
    }

    public Task<bool> CreateAsync(LeaderElectionRecord record, CancellationToken cancellationToken = default) =>
        WriteAsync(token => inner.CreateAsync(record, token), cancellationToken);

    public Task<bool> UpdateAsync(LeaderElectionRecord record, CancellationToken cancellationToken = default) =>
        IsAnothers() ? Task.FromResult(false) : WriteAsync(token => inner.UpdateAsync(record, token), cancellationToken);

    public string Describe() => inner.Describe();

    /// <summary>Completes when the last write has, however it ends.</summary>
    public Task Settled { get; private set; } = Task.CompletedTask;

    /// <summary>Whether another replica may still act on the strength of the Lease as it was last read.</summary>
    private bool IsAnothers()
    {
        if (_seen is not { HolderIdentity: { Length: > 0 } holder } || holder == Identity)
        {
            return false;
        }

        var lasts = TimeSpan.FromSeconds(Math.Max(_seen.LeaseDurationSeconds, options.LeaseDuration.TotalSeconds));
        return time.GetElapsedTime(_seenAt) < lasts;
    }

    /// <summary>
    /// Once sent, a write is not cancelled: what it did would stay unknown, and a Lease that was just taken would be kept, unreleased,
    /// until it expires.
    /// </summary>
    private Task<bool> WriteAsync(Func<CancellationToken, Task<bool>> write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var writing = WriteAsync(write);
        Settled = writing;
        return writing;
    }

    private async Task<bool> WriteAsync(Func<CancellationToken, Task<bool>> write)
    {
        var sent = time.GetTimestamp();
        var written = await TryAsync(write, CancellationToken.None);
        if (written)
        {
            leadership.Renewed(sent);
        }

        return written;
    }

    private async Task<T?> TryAsync<T>(Func<CancellationToken, Task<T>> request, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.RenewDeadline);
        try
        {
            return await request(timeout.Token);
        }
        catch (HttpOperationException exception) when (exception.Response?.StatusCode == HttpStatusCode.NotFound)
        {
            throw;
        }
        catch (Exception exception) when (
            exception is HttpRequestException or IOException or HttpOperationException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            problems.Note(exception);
            return default;
        }
    }
}
