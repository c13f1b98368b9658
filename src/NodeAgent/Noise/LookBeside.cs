using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Cluster;

namespace Latlab.NodeAgent.Noise;

/// <summary>What a look is about: other work, another boot, or a drift since makes it worth nothing.</summary>
internal sealed record LookSubject(Work Work, string BootId, int Drifts);

/// <summary>
/// A look at noise that goes on beside the passes, for minutes, while they find drift. There is one at most. Used by one thread.
/// </summary>
/// <param name="found">Called when it has found something, from any thread.</param>
internal sealed class LookBeside(Action found)
{
    private Look? _look;

    /// <summary>What the look for that subject found; null when there is none, or while it lasts.</summary>
    public NoiseFinding? Found(LookSubject subject) =>
        _look is { Task.IsCompleted: true } look && look.Subject == subject ? look.Task.GetAwaiter().GetResult() : null;

    /// <summary>Begins one, unless there is one for that subject.</summary>
    public async Task BeginAsync(LookSubject subject, Func<CancellationToken, Task<NoiseFinding>> look, CancellationToken cancellationToken)
    {
        if (_look?.Subject == subject)
        {
            return;
        }

        await EndAsync();
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _look = new(subject, look(stop.Token), stop);
        _ = _look.Task.ContinueWith(_ => found(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
    }

    /// <summary>Ends one that other work is in the way of; the CPUs are free when this is done.</summary>
    public Task EndUnlessAsync(Work? work) => _look?.Subject.Work == work ? Task.CompletedTask : EndAsync();

    public async Task EndAsync()
    {
        if (_look is not { } look)
        {
            return;
        }

        _look = null;
        using var stop = look.Stop;
        await stop.CancelAsync();
        try
        {
            await look.Task;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // As asked.
        }
    }

    private sealed record Look(LookSubject Subject, Task<NoiseFinding> Task, CancellationTokenSource Stop);
}
