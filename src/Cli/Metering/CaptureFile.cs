using Latlab.Measurement.Captures;

namespace Latlab.Cli.Metering;

/// <summary>
/// A tap's capture file, which never costs the measurement: when it cannot go on it keeps nothing more, and says why. Written by one
/// thread, then disposed of by another.
/// </summary>
internal sealed class CaptureFile : IDisposable
{
    private readonly string _path;
    private readonly long _mostBytes;
    private readonly PcapWriter _writer;
    private bool _closed;

    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be written to.</exception>
    public CaptureFile(string path, int snapLength, long mostBytes)
    {
        _path = path;
        _mostBytes = mostBytes;
        _writer = new PcapWriter(new WriteBehindStream(path), snapLength);
    }

    /// <summary>What is missing from the file, why, and the remedy; null when nothing is. Final once the file is disposed of.</summary>
    public string? Problem { get; private set; }

    public void Write(long timeNs, ReadOnlySpan<byte> frame, int originalLength)
    {
        if (Problem is not null)
        {
            return;
        }

        if (_writer.LengthWith(frame) > _mostBytes)
        {
            Problem = $"{_path}: ends at {_writer.Length} bytes, and lacks what came later, as --pcap-max-bytes is {_mostBytes}; "
                + "make the traffic shorter or slower";
            return;
        }

        try
        {
            _writer.Write(timeNs, frame, originalLength);
        }
        catch (IOException exception)
        {
            Fail(exception);
        }
    }

    public void Dispose()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        try
        {
            _writer.Dispose();
        }
        catch (IOException exception)
        {
            Fail(exception);
        }
    }

    private void Fail(IOException exception) => Problem =
        $"{exception.Message}; what was written before is in {_path}.partial; make room there, or the traffic shorter or slower";
}
