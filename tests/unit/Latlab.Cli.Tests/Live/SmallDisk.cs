using System.Diagnostics;

namespace Latlab.Cli.Tests.Live;

/// <summary>A file system of 128 KiB.</summary>
internal sealed class SmallDisk : IDisposable
{
    public SmallDisk() => Run("mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", Path);

    public string Path { get; } = Directory.CreateTempSubdirectory("latlab-small-").FullName;

    public void Dispose()
    {
        Run("umount", Path);
        Directory.Delete(Path);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {error}");
    }
}
