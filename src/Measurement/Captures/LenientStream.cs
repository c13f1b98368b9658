using ZstdSharp;

namespace Latlab.Measurement.Captures;

/// <summary>A decompressed stream that ends where the compressed one is damaged or cut, and notes it.</summary>
internal sealed class LenientStream(Stream inner, CaptureFacts facts) : Stream
{
    private long _read;
    private bool _ended;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _read; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_ended)
        {
            return 0;
        }

        try
        {
            var read = inner.Read(buffer, offset, count);
            _read += read;
            return read;
        }
        catch (Exception exception) when (exception is InvalidDataException or ZstdException or EndOfStreamException)
        {
            _ended = true;
            facts.Add(_read, $"the compressed file is damaged or cut behind what makes {_read} bytes: {exception.Message}");
            return 0;
        }
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
