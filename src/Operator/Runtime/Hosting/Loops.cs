namespace Latlab.Operator.Runtime;

/// <summary>Runs loops that belong together.</summary>
internal static class Loops
{
    /// <summary>Runs until all have ended. The fault of one cancels the others and is thrown; a cancellation is no fault.</summary>
    public static async Task RunTogetherAsync(IEnumerable<Func<CancellationToken, Task>> loops, CancellationToken cancellationToken)
    {
        using var together = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAll(loops.Select(loop => Task.Run(() => RunAsync(loop, together), CancellationToken.None)).ToList());
    }

    private static async Task RunAsync(Func<CancellationToken, Task> loop, CancellationTokenSource together)
    {
        try
        {
            await loop(together.Token);
        }
        catch (OperationCanceledException) when (together.IsCancellationRequested)
        {
            // Told to end.
            return;
        }
        catch
        {
            await together.CancelAsync();
            throw;
        }
    }
}
