using System.CommandLine;
using Latlab.Cli.Commands;

const int usageError = 2;

var root = new RootCommand("latlab measures the latency of packet forwarders, packet by packet. Exit codes: 0 done, 1 failed, 2 usage.")
{
    MeterCommand.Create(),
    GenerateCommand.Create(),
    ForwardCommand.Create(),
    AnalyzeCommand.Create(),
    CaptureCommand.Create(),
    CompareCommand.Create(),
    ConvertCommand.Create(),
    ExportCommand.Create(),
    ImportCommand.Create(),
    SchemaCommand.Create(),
    SynthCommand.Create(),
    ReportCommand.Create(),
    NodeCommand.Create(),
    PlanCommand.Create(),
    CrdsCommand.Create(),
};

var parsed = root.Parse(args);
var command = parsed.CommandResult.Command.Name;
// What a run's pods print is a log: a measurement does not end with its reader.
if (command is not ("meter" or "generate" or "forward"))
{
    StandardOutput.Use();
}

// Signals are the commands' own: a meter that is told to stop still writes its report.
var exitCode = Failures.Report(
    command,
    () => parsed.Invoke(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false }));
return parsed.Errors.Count > 0 ? usageError : exitCode;
