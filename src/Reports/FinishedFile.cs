namespace Latlab.Reports;

/// <summary>Writes files that are whole or not there.</summary>
internal static class FinishedFile
{
    /// <summary>Writes beside the file and renames: a disk that fills up leaves no half of it under its name.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var unfinished = $"{path}.unfinished";
        try
        {
            using (var stream = File.Create(unfinished))
            {
                write(stream);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }
}
