using Latlab.Measurement.Live;
using Microsoft.Win32.SafeHandles;

namespace Latlab.Measurement.Captures;

/// <summary>A pipe, or a terminal, whose reading can be ended while nothing comes: a program that is told to stop must not wait for more.</summary>
/// <param name="pipe">Where the bytes come from; owned.</param>
/// <param name="handle">Its descriptor.</param>
/// <param name="cancellationToken">Ends it, as if the pipe had ended.</param>
internal sealed class PipeStream(Stream pipe, SafeFileHandle handle, CancellationToken cancellationToken) : ReadOnlyStream
{
    private const int StepMs = 50;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => IsReady() ? pipe.Read(buffer, offset, count) : 0;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            pipe.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Waits for bytes, for the end or for an error, which are all met by reading; false when told to stop.</summary>
    private bool IsReady()
    {
        var poll = new LibPcap.PollDescriptor { Descriptor = (int)handle.DangerousGetHandle(), Events = LibPcap.PollIn };
        while (!cancellationToken.IsCancellationRequested)
        {
            // Below 0: a signal came, perhaps the one that says to stop.
            if (LibPcap.Poll(ref poll, 1, StepMs) > 0)
            {
                return true;
            }
        }

        return false;
    }
}
