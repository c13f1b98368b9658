using System.Text.Json;
using Latlab.Measurement.Results;

namespace Latlab.Reports;

/// <summary>Finds and reads results that <c>latlab analyze</c> wrote.</summary>
public static class ResultFiles
{
    /// <summary>The file with the result in a folder that <c>latlab analyze -o</c> wrote.</summary>
    public const string FileName = "result.json";

    /// <summary>The file itself, or that in the folder.</summary>
    public static string FileOf(string path) => Directory.Exists(path) ? Path.Combine(path, FileName) : path;

    /// <summary>Reads several; those of one name are told apart by the folders in which their paths differ.</summary>
    /// <exception cref="InvalidDataException">One is no result.</exception>
    /// <exception cref="IOException">One cannot be read.</exception>
    public static IReadOnlyList<AnalysisResult> ReadAll(IReadOnlyList<string> paths)
    {
        var results = paths.Select(path => (Result: Read(path), Folders: Path.GetFullPath(FileOf(path)).Split(Path.DirectorySeparatorChar)[..^1])).ToList();
        return [.. results.Select(one =>
        {
            var namesakes = results.Where(other => other.Result.Name == one.Result.Name && !other.Folders.SequenceEqual(one.Folders)).ToList();
            var telling = one.Folders.Index().LastOrDefault(folder => namesakes.Exists(other => other.Folders.ElementAtOrDefault(folder.Index) != folder.Item)
                && folder.Item != one.Result.Name);
            return namesakes.Count == 0 || telling.Item is null ? one.Result : one.Result with { Name = $"{one.Result.Name} ({telling.Item})" };
        })];
    }

    /// <summary>Reads a result from its JSON file, or from the folder that it is in.</summary>
    /// <exception cref="InvalidDataException">It is not one; the message names the file and the remedy.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static AnalysisResult Read(string path)
    {
        var file = FileOf(path);
        try
        {
            using var stream = File.OpenRead(file);
            var result = AnalysisResultFile.Read(stream);
            return result.Name.Length > 0 ? result : result with { Name = NameOf(file) };
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(
                $"{file}: not a result: {exception.Message}; give what \"latlab analyze --format json\" or \"latlab import\" wrote", exception);
        }
    }

    private static string NameOf(string file)
    {
        var full = Path.GetFullPath(file);
        return Path.GetFileName(full) == FileName
            ? Path.GetFileName(Path.GetDirectoryName(full)) ?? FileName
            : Path.GetFileNameWithoutExtension(full);
    }
}
