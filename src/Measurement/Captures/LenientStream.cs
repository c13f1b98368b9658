using System.IO.Compression;
using ZstdSharp;

namespace Latlab.Measurement.Captures;

/// <summary>
/// A decompressed stream that ends where the compressed one is damaged or cut, and notes it. Reads a little at a time: a decompressor that
/// finds a wrong checksum keeps back all that it was asked for with it.
/// </summary>
internal sealed class LenientStream(Stream inner, CaptureFacts facts) : ReadOnlyStream
{
    private const int Piece = 512;

    private long _read;
    private bool _ended;

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_ended)
        {
            return 0;
        }

        var total = 0;
        try
        {
            while (total < count)
            {
                var read = inner.Read(buffer, offset + total, Math.Min(count - total, Piece));
                if (read == 0)
                {
                    break;
                }

                total += read;
                _read += read;
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or ZstdException or EndOfStreamException)
        {
            _ended = true;
            // GZipStream's own words for it speak of archives and methods.
            facts.Add(_read, $"the compressed file is damaged or cut behind what makes {_read} bytes{(inner is GZipStream ? ": its checksum, length or data are wrong" : $": {exception.Message}")}");
        }

        return total;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
