using System.CommandLine;
using Latlab.Measurement.Results;

namespace Latlab.Cli.Commands;

/// <summary><c>latlab schema</c>: the JSON schema of results.</summary>
internal static class SchemaCommand
{
    public static Command Create()
    {
        var command = new Command("schema", "Print the JSON schema of what \"latlab analyze --format json\" prints");
        command.SetAction(result => Failures.Report("schema", () =>
        {
            result.InvocationConfiguration.Output.WriteLine(AnalysisResultFile.Schema());
            return Outcome.Done;
        }));
        return command;
    }
}
