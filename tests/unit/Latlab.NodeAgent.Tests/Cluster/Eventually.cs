namespace Latlab.NodeAgent.Tests.Cluster;

/// <summary>Waits for what another thread is about to do.</summary>
internal static class Eventually
{
    public static async Task Until(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
