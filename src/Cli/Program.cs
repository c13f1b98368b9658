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

StandardOutput.Use();
var parsed = root.Parse(args);
// Signals are the commands' own: a meter that is told to stop still writes its report.
var exitCode = Failures.Report(
    parsed.CommandResult.Command.Name,
    () => parsed.Invoke(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false }));
return parsed.Errors.Count > 0 ? usageError : exitCode;
