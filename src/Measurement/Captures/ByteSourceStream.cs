namespace Latlab.Measurement.Captures;

/// <summary>The rest of a byte source as a stream, for decompression.</summary>
internal sealed class ByteSourceStream(ByteSource source) : ReadOnlyStream
{
    public override int Read(byte[] buffer, int offset, int count)
    {
        if (!source.Ensure(1))
        {
            return 0;
        }

        var read = Math.Min(count, source.Available.Length);
        source.Available[..read].CopyTo(buffer.AsSpan(offset));
        source.Take(read);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
        }

        base.Dispose(disposing);
    }
}
