using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Latlab.NodeAgent.Host;

/// <summary>
/// The kernel's log as its device gives it, a record to each read(2) (<c>ABI/testing/dev-kmsg</c>): <c>PRIORITY,NUMBER,TIME,FLAGS;TEXT</c>.
/// .NET opens nothing without waiting for it, so the system is called directly.
/// </summary>
internal static partial class LogDevice
{
    private const int NotBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int NoSuchFile = 2;
    private const int Interrupted = 4;
    private const int NothingMore = 11;
    private const int Overwritten = 32;

    /// <summary>More than any record.</summary>
    private const int Longest = 16 * 1024;

    /// <summary>Enough for all that a kernel says as it starts; a log that no program writes to has no other end.</summary>
    private const int Most = 1024 * 1024;

    /// <summary>Records of the kernel's up to the first of a program's; the oldest of all may be gone.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public static string Read(string path)
    {
        var descriptor = Open(path, NotBlocking | CloseOnExec);
        if (descriptor < 0)
        {
            var word = Marshal.GetLastPInvokeErrorMessage();
            throw Marshal.GetLastPInvokeError() == NoSuchFile ? new FileNotFoundException(word) : new IOException(word);
        }

        try
        {
            return Records(descriptor);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static string Records(int descriptor)
    {
        var text = new StringBuilder();
        var buffer = new byte[Longest];
        while (text.Length < Most)
        {
            var count = (int)Read(descriptor, buffer, (nuint)buffer.Length);
            if (count > 0)
            {
                var record = Encoding.UTF8.GetString(buffer, 0, count);
                if ((text.Length == 0 || text[^1] == '\n') && IsOfProgram(record))
                {
                    break;
                }

                text.Append(record);
            }
            else if (count == 0 || Marshal.GetLastPInvokeError() == NothingMore)
            {
                break;
            }
            else if (Marshal.GetLastPInvokeError() is not (Interrupted or Overwritten))
            {
                throw new IOException(Marshal.GetLastPInvokeErrorMessage());
            }
        }

        return text.ToString();
    }

    /// <summary>Whether a record's facility, above the three bits of its level, is another one than the kernel's.</summary>
    private static bool IsOfProgram(string record) =>
        int.TryParse(record.Split(',', 2)[0], NumberStyles.None, CultureInfo.InvariantCulture, out var priority) && priority >> 3 != 0;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, byte[] buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
