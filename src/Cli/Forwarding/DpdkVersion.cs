using System.Runtime.InteropServices;

namespace Latlab.Cli.Forwarding;

/// <summary>The version of DPDK that testpmd will run with.</summary>
internal static unsafe class DpdkVersion
{
    /// <summary>Directories where distributions keep shared libraries.</summary>
    private static readonly string[] LibraryDirectories =
    [
        "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib",
        "/usr/local/lib/x86_64-linux-gnu", "/usr/local/lib64", "/usr/local/lib",
    ];

    /// <summary>
    /// As DPDK itself says it, e.g. <c>DPDK 22.11.11</c>: its library is loaded and asked, which takes milliseconds, while testpmd would
    /// have to start all of DPDK for that. Null when there is no such library, e.g. because testpmd was linked statically.
    /// </summary>
    public static string? Find()
    {
        var path = LibraryDirectories.Where(Directory.Exists)
            .SelectMany(directory => Directory.EnumerateFiles(directory, "librte_eal.so.*"))
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();
        return path is not null && NativeLibrary.TryLoad(path, out var library)
            && NativeLibrary.TryGetExport(library, "rte_version", out var version)
            ? Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)version)())
            : null;
    }
}
