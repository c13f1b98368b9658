namespace Latlab.Measurement.Captures;

/// <summary>The bytes of a capture, read ahead into one buffer that is used again and again.</summary>
internal sealed class ByteSource : IDisposable
{
    /// <summary>
    /// A typical second-level cache: what was read is parsed while it is near, and few reads are long ones, which the kernel copies
    /// fastest.
    /// </summary>
    public const int UsualSize = 1024 * 1024;

    /// <summary>More is hardly ever asked for: pcapng's longest block.</summary>
    private const int MostSize = 16 * 1024 * 1024;

    private readonly Stream _stream;
    private readonly Patience? _patience;
    private int _end;
    private bool _ended;

    /// <param name="stream">Where the bytes come from; owned.</param>
    /// <param name="patience">How long to wait at the end of a file that grows; null for one that does not.</param>
    public ByteSource(Stream stream, Patience? patience = null)
    {
        _stream = stream;
        _patience = patience;
    }

    /// <summary>Whether the end of the capture is waited for.</summary>
    public bool IsFollowed => _patience is not null;

    /// <summary>The buffer. What <see cref="Available"/> shows is in it from <see cref="Start"/> on.</summary>
    public byte[] Buffer { get; private set; } = GC.AllocateUninitializedArray<byte>(UsualSize, pinned: true);

    /// <summary>Index of the first byte that was not taken.</summary>
    public int Start { get; private set; }

    /// <summary>Offset in the capture of that byte.</summary>
    public long Offset { get; private set; }

    /// <summary>Bytes that were read and not taken.</summary>
    public ReadOnlySpan<byte> Available => Buffer.AsSpan(Start, _end - Start);

    /// <summary>Takes bytes.</summary>
    public void Take(int count)
    {
        Start += count;
        Offset += count;
    }

    /// <summary>Reads until there are at least <paramref name="count"/> bytes; false when the capture ends before.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public bool Ensure(int count)
    {
        while (_end - Start < count)
        {
            if (_ended)
            {
                return false;
            }

            MakeRoom(count);
            var read = _stream.Read(Buffer, _end, Buffer.Length - _end);
            _end += read;
            if (read > 0)
            {
                _patience?.Renew();
            }
            else
            {
                _ended = _patience?.Wait() != true;
            }
        }

        return true;
    }

    public void Dispose() => _stream.Dispose();

    private void MakeRoom(int count)
    {
        if (Start == 0 && _end < Buffer.Length)
        {
            return;
        }

        var rest = _end - Start;
        // Twice the size where that is sensible: lengths that grow bit by bit must not make a buffer each.
        var size = Math.Max(count, Math.Min(2 * Buffer.Length, MostSize));
        var target = count > Buffer.Length ? GC.AllocateUninitializedArray<byte>(size, pinned: true) : Buffer;
        Buffer.AsSpan(Start, rest).CopyTo(target);
        (Buffer, Start, _end) = (target, 0, rest);
    }
}
