namespace Latlab.Measurement.Captures;

/// <summary>Nothing of a file can be analysed. The message names the file, the byte offset, the problem and the remedy.</summary>
public sealed class CaptureFormatException : Exception
{
    /// <summary>With a message.</summary>
    public CaptureFormatException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and what led to it.</summary>
    public CaptureFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without a message.</summary>
    public CaptureFormatException()
    {
    }
}
