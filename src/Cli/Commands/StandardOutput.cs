using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Latlab.Cli.Commands;

/// <summary>
/// Standard output that says when nobody reads it any more. .NET's own goes on without a word when its pipe is closed, so that a command that
/// writes much would compute on for nobody, and end with success.
/// </summary>
internal static class StandardOutput
{
    private const int Descriptor = 1;

    /// <summary>Makes it what <see cref="Console.Out"/> writes to.</summary>
    public static void Use()
    {
        if (!Console.IsOutputRedirected)
        {
            return;
        }

        try
        {
            var stream = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            if (stream.CanSeek)
            {
                // A file has no reader that goes. This stream would write at a position of its own: who writes to the descriptor next, as
                // the next command of a script does, would write over it.
                return;
            }

            Console.SetOut(new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Closed by who started the program: as .NET has it, then.
        }
    }
}
