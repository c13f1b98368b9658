using Latlab.Measurement.Captures;
using Spectre.Console;

namespace Latlab.Cli.Terminal;

/// <summary>How far something is that takes long, as a bar on a terminal and not at all in a pipe.</summary>
/// <param name="what">What is done, until there is something to say of it: <c>reading</c>.</param>
/// <param name="state">How far it is at the moment.</param>
internal sealed class ProgressBar(string what, Func<ProgressState> state)
{
    /// <summary>Set while there is a bar.</summary>
    private volatile IAnsiConsole? _console;

    /// <summary>Of captures that are read.</summary>
    public static ProgressBar OfReading(params IReadOnlyList<CaptureFacts> captures) =>
        new("reading", () => ProgressState.OfReading(captures));

    /// <summary>Does the work; it calls what it is given now and then, which is null when nobody looks.</summary>
    public T Show<T>(Func<Action?, T> work)
    {
        if (Console.IsErrorRedirected)
        {
            return work(null);
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        try
        {
            ProgressColumn[] columns = [new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn()];
            return ProgressExtensions.Columns(console.Progress().AutoClear(true), columns)
                .Start(context =>
                {
                    var task = context.AddTask(what, maxValue: 1);
                    _console = console;
                    return work(() => Update(task));
                });
        }
        finally
        {
            _console = null;
        }
    }

    /// <summary>Writes a line above the bar, or to <paramref name="error"/> where there is none.</summary>
    public void Say(TextWriter error, string line)
    {
        if (_console is { } console)
        {
            console.WriteLine(line);
        }
        else
        {
            error.WriteLine(line);
        }
    }

    private void Update(ProgressTask task)
    {
        var (text, fraction) = state();
        task.IsIndeterminate = fraction is null;
        task.Value = fraction ?? 0;
        task.Description = text;
    }
}
