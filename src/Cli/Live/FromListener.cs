namespace Latlab.Cli.Live;

/// <summary>
/// Leaves out what was captured before an instant: the one tap is open before the other, and what departed meanwhile would count as lost, or
/// as arrived from nowhere.
/// </summary>
internal sealed class FromListener(ILiveListener inner, long fromNs) : ILiveListener
{
    public void OnFrame(long timeNs, ReadOnlySpan<byte> frame, int originalLength)
    {
        if (timeNs >= fromNs)
        {
            inner.OnFrame(timeNs, frame, originalLength);
        }
    }

    public void OnIdle(long completeUntilNs) => inner.OnIdle(completeUntilNs);

    public void Complete() => inner.Complete();
}
