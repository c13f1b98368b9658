using System.ComponentModel;
using System.Diagnostics;

namespace Latlab.NodeAgent.Host;

/// <summary>Starts programs on the machine whose tree is mounted at a root, without a shell.</summary>
internal sealed class HostPrograms(string root)
{
    private static readonly string[] Folders = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Whether the tree is that of the machine that this process runs on.</summary>
    public bool IsMachine => root is "/" or HostRoot.Mount;

    /// <summary>One of this process's own file system.</summary>
    public CommandOutcome Run(string program, IReadOnlyList<string> arguments)
    {
        if (!IsMachine)
        {
            // A program acts on the machine that it runs on: below any other root is a copy, whose links are not here.
            return new(
                -1, "",
                $"{program} is not run for the copy of a tree at {root}: it would show and change this machine; "
                + "use --root /, or leave wires and interfaces out");
        }

        return Start(new(program, arguments), Limit);
    }

    /// <summary>One of the tree's own, within the tree.</summary>
    public CommandOutcome RunWithin(string program, IReadOnlyList<string> arguments, TimeSpan limit)
    {
        if (root == HostRoot.Mount && !Folders.Any(folder => File.Exists(HostPath.Resolve(root, $"{folder}/{program}"))))
        {
            // A pod that has but some of the host's folders has none of its programs.
            return new(
                -1, "",
                $"{program} of the host is not to be seen from the agent's pod: "
                + "install the chart with boot.enabled=true, which shows it the host's whole tree, or run latlab-agent on the host itself");
        }

        var start = root == "/" ? new ProcessStartInfo(program, arguments) : new("chroot", [root, program, .. arguments]);
        // The agent's image has its own, and scripts read what tools say.
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["LC_ALL"] = "C";
        return Start(start, limit);
    }

    private static CommandOutcome Start(ProcessStartInfo start, TimeSpan limit)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = start.RedirectStandardInput = true;
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(limit))
            {
                process.Kill(entireProcessTree: true);
                return new(-1, "", $"no answer within {limit.TotalSeconds} s");
            }

            return new(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult().Trim());
        }
        catch (Win32Exception e)
        {
            return new(-1, "", $"cannot start {start.FileName}: {e.Message}; install it");
        }
    }
}
