using System.Text;

namespace Latlab.Cli.Forwarding;

/// <summary>The version of DPDK that testpmd will run with.</summary>
internal static class DpdkVersion
{
    /// <summary>Directories where distributions keep shared libraries.</summary>
    private static readonly string[] LibraryDirectories =
        ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib/x86_64-linux-gnu", "/usr/local/lib64", "/usr/local/lib"];

    /// <summary>
    /// As DPDK itself says it, e.g. <c>DPDK 22.11.11</c>; null when it cannot be found. Read out of the library or program that answers telemetry with it:
    /// asking testpmd would mean starting DPDK twice.
    /// </summary>
    /// <param name="program">Path of testpmd.</param>
    public static string? Find(string program) =>
        LibraryDirectories.Where(Directory.Exists)
            .SelectMany(directory => Directory.EnumerateFiles(directory, "librte_eal.so.*").Concat(Directory.EnumerateFiles(directory, "librte_telemetry.so.*")))
            .Append(program)
            .Select(path => In(File.ReadAllBytes(path)))
            .FirstOrDefault(version => version is not null);

    /// <summary>The first zero-terminated string of the form "DPDK" and a version.</summary>
    internal static string? In(ReadOnlySpan<byte> binary)
    {
        var mark = "DPDK "u8;
        for (var at = binary.IndexOf(mark); at >= 0; at = binary.IndexOf(mark))
        {
            var text = binary[at..];
            var length = text.IndexOf((byte)0);
            if (length is > 5 and < 40 && char.IsAsciiDigit((char)text[mark.Length]))
            {
                return Encoding.ASCII.GetString(text[..length]);
            }

            binary = text[mark.Length..];
        }

        return null;
    }
}
