namespace Latlab.Operator.Runtime;

/// <summary>Runs loops that belong together.</summary>
internal static class Loops
{
    /// <summary>Runs all until cancelled; when one ends by itself, by a fault or not, the others are cancelled, and the fault is thrown.</summary>
    public static async Task RunTogetherAsync(IEnumerable<Func<CancellationToken, Task>> loops, CancellationToken cancellationToken)
    {
        using var together = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = loops.Select(loop => Task.Run(() => loop(together.Token), CancellationToken.None)).ToList();
        var first = await Task.WhenAny(running);
        await together.CancelAsync();
        var all = Task.WhenAll(running);
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (first.IsFaulted)
        {
            await first;
        }

        if (all.IsFaulted)
        {
            await all;
        }
    }
}
