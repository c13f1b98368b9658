namespace Latlab.Measurement.Captures;

/// <summary>Files that belong together: all are written before the first has its name, so that a full disk leaves the old ones as they were.</summary>
public sealed class AtomicFiles : IDisposable
{
    private readonly List<AtomicFile> _files = [];

    /// <summary>Writes one, under the name <paramref name="path"/> + <c>.partial</c>.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string path, Action<FileStream> write)
    {
        var file = new AtomicFile(path);
        _files.Add(file);
        write(file.Stream);
        file.Stream.Flush();
    }

    /// <summary>Gives them their final names, in the order in which they were written.</summary>
    /// <exception cref="IOException">One cannot be renamed.</exception>
    public void Complete() => _files.ForEach(file => file.Complete());

    /// <summary>Removes those that are not complete.</summary>
    public void Dispose() => _files.ForEach(file => file.Dispose());
}
