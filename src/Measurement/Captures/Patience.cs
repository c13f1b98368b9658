namespace Latlab.Measurement.Captures;

/// <summary>Waits for a file to grow.</summary>
/// <param name="most">How long without any growth.</param>
/// <param name="cancellationToken">Ends waiting.</param>
internal sealed class Patience(TimeSpan most, CancellationToken cancellationToken)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private TimeSpan _waited;

    /// <summary>Starts anew: something came.</summary>
    public void Renew() => _waited = TimeSpan.Zero;

    /// <summary>Waits a little; false when nothing came for long enough, or when told to stop.</summary>
    public bool Wait()
    {
        if (_waited >= most || cancellationToken.WaitHandle.WaitOne(Step))
        {
            return false;
        }

        _waited += Step;
        return true;
    }
}
