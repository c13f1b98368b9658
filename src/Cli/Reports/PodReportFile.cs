using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Latlab.Cli.Reports;

/// <summary>Writes a report where kubelet takes it from.</summary>
internal static class PodReportFile
{
    /// <summary>kubelet cuts a termination message after this many bytes, and cut JSON is no JSON.</summary>
    public const int MostBytes = 4096;

    /// <summary>Leaves room for the rest of a report that says why there are no numbers, most of all for a long list of CPUs.</summary>
    private const int MostErrorBytes = 2560;

    /// <summary>As much of an error message as fits a report. JSON may write a character with six bytes.</summary>
    public static string Shorten(string error, int mostBytes = MostErrorBytes)
    {
        while (JsonEncodedText.Encode(error).EncodedUtf8Bytes.Length > mostBytes)
        {
            error = error[..(error.Length * 3 / 4)] + "…";
        }

        return error;
    }

    /// <summary>Writes <paramref name="report"/> to <paramref name="path"/>, when there is one.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write<T>(string? path, T report, JsonTypeInfo<T> type)
    {
        if (path is null)
        {
            return;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(report, type);
        if (json.Length > MostBytes)
        {
            throw new CommandFailedException($"{path}: the report has {json.Length} bytes, and a termination message at most {MostBytes}");
        }

        File.WriteAllBytes(path, json);
    }
}
