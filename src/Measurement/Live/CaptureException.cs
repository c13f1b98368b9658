namespace Latlab.Measurement.Live;

/// <summary>A capture could not be started or went wrong. The message names the device, the problem and the remedy.</summary>
public sealed class CaptureException : Exception
{
    /// <summary>With a message.</summary>
    public CaptureException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and what led to it.</summary>
    public CaptureException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without a message.</summary>
    public CaptureException()
    {
    }
}
