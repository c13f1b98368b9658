using Latlab.Cli.Native;
using Latlab.Measurement.Captures;

namespace Latlab.Cli.Commands;

/// <summary>Refuses, before anything is read, file names that cannot be meant.</summary>
internal static class Files
{
    /// <summary>No output may take the place of an input, under whatever name.</summary>
    /// <exception cref="CommandFailedException">One would.</exception>
    public static void RefuseOverwriting(IReadOnlyList<string> inputs, params (string Option, string? Path)[] outputs)
    {
        foreach (var (option, path) in outputs)
        {
            if (path is not null && FileIdentity.Of(path) is { } identity
                && inputs.FirstOrDefault(input => input != CaptureFile.StandardInput && FileIdentity.Of(input) == identity) is { } overwritten)
            {
                throw new CommandFailedException($"{option} {path}: is the file that is read ({overwritten}), and would be overwritten; name another one");
            }
        }
    }

    /// <summary>A pipe can be read once.</summary>
    /// <exception cref="CommandFailedException">Both captures come from the same pipe.</exception>
    public static void RefuseOnePipeTwice(string before, string after)
    {
        if (before == CaptureFile.StandardInput && after == CaptureFile.StandardInput)
        {
            throw new CommandFailedException("both captures are standard input, which can be read once; give a file or a FIFO for one of them");
        }

        if (FileIdentity.IsSpecial(before) && FileIdentity.Of(before) == FileIdentity.Of(after) && !Directory.Exists(before))
        {
            throw new CommandFailedException($"{before} and {after} are the same pipe, which can be read once; give a FIFO for each capture");
        }
    }
}
