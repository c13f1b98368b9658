using System.Runtime;

namespace Latlab.NodeAgent.Noise;

/// <summary>
/// Keeps the garbage collector away while it lasts: it stops every thread, and a loop that looks at the clock would take that for noise.
/// Collects first. It gives way when the rest of the process allocates more than <see cref="Bytes"/>, or when another one lasts already.
/// </summary>
internal sealed class NoCollection : IDisposable
{
    private const long Bytes = 16 << 20;
    private readonly bool _begun;

    public NoCollection()
    {
        try
        {
            // To begin a second one would end the first.
            _begun = GCSettings.LatencyMode != GCLatencyMode.NoGCRegion && GC.TryStartNoGCRegion(Bytes);
        }
        catch (InvalidOperationException)
        {
            // Another one began meanwhile.
        }
    }

    public void Dispose()
    {
        if (!_begun || GCSettings.LatencyMode != GCLatencyMode.NoGCRegion)
        {
            return;
        }

        try
        {
            GC.EndNoGCRegion();
        }
        catch (InvalidOperationException)
        {
            // A collection ended it since.
        }
    }
}
