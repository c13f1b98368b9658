using System.ComponentModel;
using System.Diagnostics;

namespace Latlab.Cli.Nodes;

/// <summary>
/// Asks the cluster by the user's own <c>kubectl</c>: it has the user's kubeconfig, context and ways to sign in.
/// </summary>
internal static class Kubectl
{
    /// <summary>What it prints.</summary>
    /// <exception cref="CommandFailedException">It is missing, or says no.</exception>
    public static string Run(params IReadOnlyList<string> arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("kubectl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output
                : throw new CommandFailedException($"kubectl {string.Join(' ', arguments)}: {error.GetAwaiter().GetResult().Trim()}");
        }
        catch (Win32Exception exception)
        {
            throw new CommandFailedException($"cannot start kubectl: {exception.Message}; install it, and have it in the PATH");
        }
    }
}
