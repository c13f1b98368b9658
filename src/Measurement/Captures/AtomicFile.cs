namespace Latlab.Measurement.Captures;

/// <summary>A file that has its final name only once it is complete: what is interrupted is removed.</summary>
public sealed class AtomicFile : IDisposable
{
    private readonly string _partial;
    private bool _isKept;

    /// <summary>Creates it under the name <paramref name="path"/> + <c>.partial</c>.</summary>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public AtomicFile(string path)
    {
        Path = path;
        _partial = path + ".partial";
        Stream = new FileStream(_partial, FileMode.Create, FileAccess.Write, FileShare.Read, 64 * 1024);
    }

    /// <summary>Its final name.</summary>
    public string Path { get; }

    /// <summary>Where to write.</summary>
    public FileStream Stream { get; }

    /// <summary>Writes a file at once.</summary>
    /// <exception cref="IOException">It cannot be written; there is no such file then, or still the old one.</exception>
    public static void Write(string path, Action<FileStream> write)
    {
        using var file = new AtomicFile(path);
        write(file.Stream);
        file.Complete();
    }

    /// <summary>Gives it its final name.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Complete()
    {
        Stream.Dispose();
        File.Move(_partial, Path, overwrite: true);
        _isKept = true;
    }

    /// <summary>
    /// Gives it its final name, or, where it is well-formed but tells of a part only, leaves it the one that it has until then.
    /// </summary>
    /// <returns>The name.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public string Complete(bool partial)
    {
        if (!partial)
        {
            Complete();
            return Path;
        }

        Stream.Dispose();
        _isKept = true;
        return _partial;
    }

    /// <summary>Removes it, unless it is complete or kept.</summary>
    public void Dispose()
    {
        if (_isKept)
        {
            return;
        }

        try
        {
            Stream.Dispose();
        }
        catch (IOException)
        {
            // The disk is full: what there is goes away with the file, and whoever wrote knows.
        }

        File.Delete(_partial);
    }
}
