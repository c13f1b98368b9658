using System.CommandLine;

namespace Latlab.NodeAgent.Cli;

/// <summary>The command line. Exit codes: 0 done or in effect, 1 failed or not in effect, 2 usage.</summary>
internal static class AgentCommand
{
    public const int Done = 0;
    public const int NotDone = 1;
    public const int Usage = 2;

    private const string About = """
        latlab-agent tunes the node that it runs on, proves each setting by reading it back, and can put everything back.

        Exit codes: 0 done, or all in effect; 1 something failed, or is not in effect; 2 the command line or the tuning file is wrong.
        """;

    /// <param name="arguments">The command line.</param>
    /// <param name="output">For what was asked.</param>
    /// <param name="error">For what went wrong.</param>
    public static async Task<int> InvokeAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        var parsed = Root().Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors)
            {
                await error.WriteLineAsync(problem.Message);
            }

            await error.WriteLineAsync("See latlab-agent --help.");
            return Usage;
        }

        return await parsed.InvokeAsync(new()
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            // A signal cancels the verb, which ends after the step at hand: a change of the host is not cut short. Kubelet sets the bound.
            ProcessTerminationTimeout = Timeout.InfiniteTimeSpan,
        });
    }

    private static RootCommand Root() => new(About)
    {
        RunVerb.Command(),
        HostVerbs.Plan(),
        HostVerbs.Apply(),
        HostVerbs.Verify(),
        HostVerbs.Restore(),
        NoiseVerb.Command(),
        KnobsVerb.Command(),
    };
}
