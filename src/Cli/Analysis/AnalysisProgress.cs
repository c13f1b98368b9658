using Latlab.Measurement.Captures;
using Latlab.Measurement.Results;
using Spectre.Console;

namespace Latlab.Cli.Analysis;

/// <summary>How far an analysis is, as a bar on a terminal and not at all in a pipe.</summary>
internal sealed class AnalysisProgress(CaptureFacts before, CaptureFacts after)
{
    /// <summary>Does the work; it calls what it is given now and then.</summary>
    public AnalysisResult Show(Func<Action?, AnalysisResult> work)
    {
        if (Console.IsErrorRedirected)
        {
            return work(null);
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return ProgressExtensions.Columns(console.Progress().AutoClear(true), [new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn()])
            .Start(context =>
            {
                var task = context.AddTask("reading");
                return work(() => Update(task));
            });
    }

    private void Update(ProgressTask task)
    {
        var total = before.TotalBytes + after.TotalBytes;
        task.IsIndeterminate = before.TotalBytes == 0 || after.TotalBytes == 0;
        task.MaxValue = Math.Max(1, total);
        task.Value = before.Bytes + after.Bytes;
        task.Description = $"{before.Packets + after.Packets:N0} packets";
    }
}
