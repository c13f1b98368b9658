using System.Collections;
using System.Runtime.InteropServices;
using System.Text;
using Latlab.Cli.Native;

namespace Latlab.Cli.Forwarding;

/// <summary>Makes this process another program by execve(2).</summary>
internal static unsafe class ProcessReplacement
{
    private const int StandardInput = 0;
    private const nint DefaultHandler = 0;

    /// <summary>Path of a program on PATH.</summary>
    /// <exception cref="CommandFailedException">It is not there.</exception>
    public static string Find(string program)
    {
        var directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return directories.Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists)
            ?? throw new CommandFailedException(
                $"{program}: not on PATH ({string.Join(':', directories)}); install it, e.g. as images/forwarder/Dockerfile does");
    }

    /// <summary>Becomes the program; does not return.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="arguments">Its arguments, its name first.</param>
    /// <exception cref="CommandFailedException">It cannot be executed.</exception>
    public static void Become(string path, IReadOnlyList<string> arguments)
    {
        GiveInputWithoutEnd();
        ResetSignals();
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(variable => $"{variable.Key}={variable.Value}")
            .ToList();
        fixed (byte* nativePath = Encoding.UTF8.GetBytes(path + '\0'))
        {
            // Never freed: a successful call does not come back, and after a failed one the process ends.
            _ = Libc.Execute(nativePath, Native(arguments), Native(environment));
        }

        throw new CommandFailedException($"{path}: cannot be executed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    /// <summary>
    /// testpmd reads standard input once it forwards, and exits at its end; a pod's is /dev/null. A pipe whose writing end stays open, in
    /// the program itself, has no end.
    /// </summary>
    private static void GiveInputWithoutEnd()
    {
        var ends = stackalloc int[2];
        if (Libc.Pipe(ends, 0) != 0 || Libc.Duplicate(ends[0], StandardInput) != StandardInput || Libc.Close(ends[0]) != 0)
        {
            throw new CommandFailedException(
                $"cannot make a pipe for standard input: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    /// <summary>.NET ignores SIGPIPE, and execve hands on what is ignored and what is blocked.</summary>
    private static void ResetSignals()
    {
        for (var signal = 1; signal <= Libc.HighestSignal; signal++)
        {
            // Fails for SIGKILL, SIGSTOP and the C library's own two signals, which cannot be ignored anyway.
            _ = Libc.SetSignalHandler(signal, DefaultHandler);
        }

        // sigset_t of glibc: 1024 bits.
        var none = stackalloc ulong[16];
        new Span<ulong>(none, 16).Clear();
        _ = Libc.SetSignalMask(Libc.SignalSetMask, none, null);
    }

    private static byte** Native(IReadOnlyList<string> strings)
    {
        var array = (byte**)NativeMemory.AllocZeroed((nuint)strings.Count + 1, (nuint)sizeof(byte*));
        for (var i = 0; i < strings.Count; i++)
        {
            array[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
        }

        return array;
    }
}
