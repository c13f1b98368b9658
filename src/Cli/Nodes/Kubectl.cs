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
        var answer = Ask("", arguments);
        return answer.ExitCode == 0 ? answer.Output : throw new CommandFailedException($"kubectl {string.Join(' ', arguments)}: {answer.Error}");
    }

    /// <summary>What it prints, and how it ends.</summary>
    /// <param name="input">Its standard input.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="CommandFailedException">It is missing.</exception>
    public static KubectlAnswer Ask(string input, IReadOnlyList<string> arguments)
    {
        try
        {
            var start = new ProcessStartInfo("kubectl", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEndAsync();
            try
            {
                process.StandardInput.Write(input);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended without reading, and says why.
            }

            process.WaitForExit();
            return new(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult().Trim());
        }
        catch (Win32Exception exception)
        {
            throw new CommandFailedException($"cannot start kubectl: {exception.Message}; install it, and have it in the PATH");
        }
    }
}

/// <summary>How a call of kubectl ended.</summary>
internal sealed record KubectlAnswer(int ExitCode, string Output, string Error);
