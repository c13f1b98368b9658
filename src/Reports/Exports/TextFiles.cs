using Latlab.Measurement.Captures;

namespace Latlab.Reports.Exports;

/// <summary>Text files that are there whole or not at all.</summary>
internal static class TextFiles
{
    public static void Write(string path, IEnumerable<string> lines) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        foreach (var line in lines)
        {
            writer.WriteLine(line);
        }
    });
}
