using Latlab.Measurement.Captures;
using Spectre.Console;

namespace Latlab.Cli.Analysis;

/// <summary>How far captures are read, as a bar on a terminal and not at all in a pipe.</summary>
internal sealed class ReadingProgress(params IReadOnlyList<CaptureFacts> captures)
{
    /// <summary>Does the work; it calls what it is given now and then.</summary>
    public T Show<T>(Func<Action?, T> work)
    {
        if (Console.IsErrorRedirected)
        {
            return work(null);
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return ProgressExtensions.Columns(console.Progress().AutoClear(true), [new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn()])
            .Start(context =>
            {
                var task = context.AddTask("reading", maxValue: 1);
                return work(() => Update(task));
            });
    }

    private void Update(ProgressTask task)
    {
        var state = ReadingState.Of(captures);
        task.IsIndeterminate = state.Fraction is null;
        task.Value = state.Fraction ?? 0;
        task.Description = state.Text;
    }
}
