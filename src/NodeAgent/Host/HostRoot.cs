using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Latlab.NodeAgent.Host;

/// <summary>The machine whose tree is mounted at a root. The only code that opens a host path or starts a process.</summary>
internal sealed class HostRoot(string root) : IHost
{
    /// <summary>Where the DaemonSet of the chart mounts its node's tree.</summary>
    public const string Mount = "/host";

    /// <summary>EPERM as the system words it.</summary>
    public const string NotPermitted = "Operation not permitted";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(30);
    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));

    public HostText Read(string path)
    {
        try
        {
            return new(File.ReadAllText(Resolve(path)).TrimEnd('\n'), null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new(null, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(null, Word(e));
        }
    }

    public string? WriteAttribute(string path, string value)
    {
        try
        {
            using var file = new FileStream(Resolve(path), new FileStreamOptions
            {
                Mode = FileMode.Truncate,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite,
                BufferSize = 0,
            });
            // One write: the kernel takes each write to an attribute as a whole value.
            file.Write(Encoding.UTF8.GetBytes(value + "\n"));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Word(e);
        }
    }

    public bool MayBeWritten(string path)
    {
        const UnixFileMode anybody = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        var target = Resolve(path);
        return !File.Exists(target) || (File.GetUnixFileMode(target) & anybody) != 0;
    }

    public IReadOnlyList<string> List(string directory)
    {
        var path = Resolve(directory);
        return Directory.Exists(path)
            ? [.. Directory.EnumerateFileSystemEntries(path).Select(e => Path.GetFileName(e)!).Order(StringComparer.Ordinal)]
            : [];
    }

    public string? RealPath(string path)
    {
        try
        {
            var target = Resolve(path);
            return !Path.Exists(target) ? null : target == _root ? "/" : "/" + Path.GetRelativePath(_root, target);
        }
        catch (IOException)
        {
            // Links in a circle lead nowhere.
            return null;
        }
    }

    public void ReplaceDurably(string path, string text)
    {
        var target = Resolve(path);
        var directory = PrivateDirectoryOf(target);
        var temporary = target + ".new";
        File.Delete(temporary);
        using (var file = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        }))
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, target, overwrite: true);
        DirectorySync.Flush(directory);
    }

    public CommandOutcome Run(string program, IReadOnlyList<string> arguments)
    {
        if (_root is not ("/" or Mount))
        {
            // A program acts on the machine that it runs on: below any other root is a copy, whose links are not here.
            return new(
                -1, "",
                $"{program} is not run for the copy of a tree at {_root}: it would show and change this machine; "
                + "use --root /, or leave wires and interfaces out");
        }

        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(CommandLimit))
            {
                process.Kill();
                return new(-1, "", $"no answer within {CommandLimit.TotalSeconds} s");
            }

            return new(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult().Trim());
        }
        catch (Win32Exception e)
        {
            return new(-1, "", $"cannot start {program}: {e.Message}; install it");
        }
    }

    /// <summary>
    /// Takes the lock that keeps a second agent away; null when another one holds it. The system frees it when this process ends.
    /// </summary>
    public IDisposable? TryLock(string path)
    {
        var target = Resolve(path);
        PrivateDirectoryOf(target);
        try
        {
            return new FileStream(target, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.Write,
                Share = FileShare.None,
                UnixCreateMode = OwnerOnly,
            });
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string PrivateDirectoryOf(string file)
    {
        var directory = Path.GetDirectoryName(file)!;
        Directory.CreateDirectory(directory);
        // kubelet makes the directory of a hostPath volume for everybody to read.
        File.SetUnixFileMode(directory, OwnerOnly | UnixFileMode.UserExecute);
        return directory;
    }

    private string Resolve(string path) => HostPath.Resolve(_root, path);

    // .NET words an errno as "Invalid argument : '/mounted/path'", and hides some behind a sentence of its own; the reader knows the path
    // by the knob.
    private static string Word(Exception e)
    {
        var message = e switch
        {
            FileNotFoundException or DirectoryNotFoundException => "No such file or directory",
            UnauthorizedAccessException { InnerException: IOException inner } => inner.Message,
            _ => e.Message,
        };
        var end = message.IndexOf(" : '", StringComparison.Ordinal);
        return end > 0 ? message[..end] : message;
    }
}
