using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Latlab.NodeAgent.Host;

/// <summary>
/// The machine whose tree is mounted at a root. The only code that opens a host path; <see cref="HostPrograms"/> starts processes.
/// </summary>
internal sealed class HostRoot(string root, bool outlivesCall = false) : IHost
{
    /// <summary>Where the DaemonSet of the chart mounts its node's tree.</summary>
    public const string Mount = "/host";

    /// <summary>EPERM as the system words it.</summary>
    public const string NotPermitted = "Operation not permitted";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode ForEverybody = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Enterable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private readonly HeldDevices _held = new();
    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
    private readonly HostPrograms _programs = new(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)));

    public HostText Read(string path) => Found(path, File.ReadAllText);

    public HostText ReadCompressed(string path) => Found(path, file =>
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        return text.ReadToEnd();
    });

    public HostText ReadLog(string device) => Found(device, LogDevice.Read);

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

    public bool Exists(string path) => Path.Exists(Resolve(path));

    public bool MayBeWritten(string path)
    {
        const UnixFileMode anybody = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        try
        {
            return (File.GetUnixFileMode(Resolve(path)) & anybody) != 0;
        }
        catch (IOException)
        {
            // There is none, or no more: a thread's or an interrupt's directory goes at any moment.
            return true;
        }
    }

    public IReadOnlyList<string> List(string directory)
    {
        try
        {
            return
            [
                .. Directory.EnumerateFileSystemEntries(Resolve(directory)).Select(e => Path.GetFileName(e)!).Order(StringComparer.Ordinal),
            ];
        }
        catch (IOException)
        {
            // There is none, or no more: a directory of the kernel goes with what it is of, also while it is read.
            return [];
        }
        catch (UnauthorizedAccessException e)
        {
            // What may not be looked at is not nothing.
            throw new IOException($"{directory} cannot be listed: {Word(e)}", e);
        }
    }

    public string? MakeGroup(string directory) => Changed(directory, path => Directory.CreateDirectory(path));

    // Not recursive: the kernel's own files in it go with it.
    public string? RemoveGroup(string directory) => Changed(directory, path =>
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path);
        }
    });

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
        PrivateDirectoryOf(target);
        Replace(target, text, OwnerOnly);
    }

    public void ReplaceSystemFile(string path, string text)
    {
        var target = Resolve(path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!, ForEverybody | Enterable);
        Replace(target, text, File.Exists(target) ? File.GetUnixFileMode(target) : ForEverybody);
    }

    public void RenameDurably(string from, string to)
    {
        var (source, target) = (Resolve(from), Resolve(to));
        if (File.Exists(target))
        {
            // Whoever may read the one may read the other.
            File.SetUnixFileMode(source, File.GetUnixFileMode(target));
        }

        using (var file = new FileStream(source, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Flush(flushToDisk: true);
        }

        File.Move(source, target, overwrite: true);
        DirectorySync.Flush(Path.GetDirectoryName(target)!);
    }

    public void Delete(string path)
    {
        var target = Resolve(path);
        if (File.Exists(target))
        {
            File.Delete(target);
            DirectorySync.Flush(Path.GetDirectoryName(target)!);
        }
    }

    public string? SetCpus(int process, string name, IReadOnlyList<int> cpus) =>
        _programs.IsMachine ? Scheduler.SetCpus(process, name, cpus) : $"{_root} is the copy of a tree, and has no threads; use --root /";

    public bool OutlivesCall => outlivesCall;

    public bool IsNode => _root == Mount;

    public HostText ReadNumber(string device) => Found(device, path => HeldDevices.Read(path).ToString(CultureInfo.InvariantCulture));

    public ulong? ReadRegister(string device, long offset)
    {
        try
        {
            using var file = File.OpenHandle(Resolve(device));
            Span<byte> value = stackalloc byte[sizeof(ulong)];
            return RandomAccess.Read(file, value, offset) == value.Length ? BinaryPrimitives.ReadUInt64LittleEndian(value) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    public string? Hold(string device, int? value) => Changed(device, path =>
    {
        if (value is { } number)
        {
            _held.Hold(path, number);
        }
        else
        {
            _held.LetGo(path);
        }
    });

    public int? Held(string device) => _held.Find(Resolve(device));

    public CommandOutcome Run(string program, IReadOnlyList<string> arguments) => _programs.Run(program, arguments);

    public CommandOutcome RunOnHost(string program, IReadOnlyList<string> arguments, TimeSpan limit) =>
        _programs.RunWithin(program, arguments, limit);

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

    private static void PrivateDirectoryOf(string file)
    {
        var directory = Path.GetDirectoryName(file)!;
        Directory.CreateDirectory(directory);
        // kubelet makes the directory of a hostPath volume for everybody to read.
        File.SetUnixFileMode(directory, OwnerOnly | UnixFileMode.UserExecute);
    }

    private static void Replace(string target, string text, UnixFileMode mode)
    {
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
            // The umask takes away from the mode that a file is made with, not from one that it is given.
            File.SetUnixFileMode(file.SafeFileHandle, mode);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, target, overwrite: true);
        DirectorySync.Flush(Path.GetDirectoryName(target)!);
    }

    private HostText Found(string path, Func<string, string> read)
    {
        try
        {
            return new(read(Resolve(path)).TrimEnd('\n'), null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new(null, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new(null, Word(e));
        }
    }

    private string? Changed(string path, Action<string> change)
    {
        try
        {
            change(Resolve(path));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Word(e);
        }
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
