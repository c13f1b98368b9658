using System.IO.Compression;

namespace Latlab.Measurement.Captures;

/// <summary>
/// Decompression of gzip (RFC 1952) that tells a file that was cut from a whole one. .NET does so only when the process asks for it before
/// it decompresses anything; a process that has decided otherwise is left alone.
/// </summary>
internal static class StrictGzip
{
    private const string Switch = "System.IO.Compression.UseStrictValidation";

    /// <summary>Decompresses a stream, which the result owns.</summary>
    public static Stream Open(Stream compressed)
    {
        if (!AppContext.TryGetSwitch(Switch, out _))
        {
            AppContext.SetSwitch(Switch, true);
        }

        return new GZipStream(compressed, CompressionMode.Decompress);
    }
}
