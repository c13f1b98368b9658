using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.Versioning;

namespace Latlab.Measurement.Captures;

/// <summary>
/// A file that is written by a thread of its own, so that the writer does not wait for the disk until 64 writes are pending. It has its
/// final name only once it is complete.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class WriteBehindStream : Stream
{
    private const int MostPending = 64;

    private readonly string _path;
    private readonly FileStream _file;
    private readonly BlockingCollection<(byte[] Buffer, int Length)> _pending = new(MostPending);
    private readonly Thread _thread;
    private volatile Exception? _failure;
    private bool _closed;

    /// <summary>
    /// Creates the file, mode 0640, under the name <paramref name="path"/> + <c>.partial</c>; disposing gives it the name
    /// <paramref name="path"/>.
    /// </summary>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be written to.</exception>
    public WriteBehindStream(string path)
    {
        _path = path;
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        _file = new FileStream(path + ".partial", new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            BufferSize = 0,
            UnixCreateMode = mode,
        });
        // The umask may have taken bits away, and a file left over from before may have others.
        File.SetUnixFileMode(_file.SafeFileHandle, mode);
        _thread = new Thread(WritePending) { IsBackground = true, Name = "write-behind" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Hands a copy of <paramref name="buffer"/> to the writing thread.</summary>
    /// <exception cref="IOException">An earlier write failed.</exception>
    public override void Write(byte[] buffer, int offset, int count)
    {
        ThrowIfFailed();
        var copy = ArrayPool<byte>.Shared.Rent(count);
        Buffer.BlockCopy(buffer, offset, copy, 0, count);
        _pending.Add((copy, count));
    }

    /// <inheritdoc/>
    public override void Flush() => ThrowIfFailed();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Waits for pending writes, then gives the file its name.</summary>
    /// <exception cref="IOException">A write failed; what there is stays under the name with <c>.partial</c>.</exception>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_closed)
        {
            _closed = true;
            _pending.CompleteAdding();
            _thread.Join();
            _pending.Dispose();
            _file.Dispose();
            ThrowIfFailed();
            File.Move(_path + ".partial", _path, overwrite: true);
        }

        base.Dispose(disposing);
    }

    /// <summary>After a failure it goes on taking, so that the capture does not wait for a queue that nobody empties.</summary>
    private void WritePending()
    {
        foreach (var (buffer, length) in _pending.GetConsumingEnumerable())
        {
            try
            {
                if (_failure is null)
                {
                    _file.Write(buffer, 0, length);
                }
            }
            catch (IOException exception)
            {
                _failure = exception;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw new IOException($"{_path}: {failure.Message}", failure);
        }
    }
}
