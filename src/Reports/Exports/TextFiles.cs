using Latlab.Measurement.Captures;

namespace Latlab.Reports.Exports;

/// <summary>Text files of a set that is there whole or not at all.</summary>
internal static class TextFiles
{
    public static void Write(string path, IEnumerable<string> lines)
    {
        using var files = new AtomicFiles();
        Write(files, path, lines);
        files.Complete();
    }

    public static void Write(AtomicFiles files, string path, IEnumerable<string> lines) => files.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        foreach (var line in lines)
        {
            writer.WriteLine(line);
        }
    });
}
