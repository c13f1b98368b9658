namespace Latlab.Measurement.Tests.Captures;

/// <summary>A file that ends after each part of it, and has grown by another one when it is looked at again.</summary>
internal sealed class GrowingStream(byte[] bytes, int part) : Stream
{
    private int _at;
    private bool _atEnd = true;

    /// <summary>Called at each end.</summary>
    public Action AtGrowth { get; set; } = () => { };

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        _atEnd = !_atEnd;
        if (_atEnd)
        {
            AtGrowth();
            return 0;
        }

        var read = Math.Min(Math.Min(count, part), bytes.Length - _at);
        bytes.AsSpan(_at, read).CopyTo(buffer.AsSpan(offset));
        _at += read;
        return read;
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
