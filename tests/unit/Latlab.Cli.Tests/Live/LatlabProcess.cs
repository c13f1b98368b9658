using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Latlab.Cli.Tests.Live;

/// <summary>A running <c>latlab</c>, killed at the end of the test when it is still there.</summary>
internal sealed partial class LatlabProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;
    private readonly StringBuilder _said = new();
    private readonly string _reportPath;

    private LatlabProcess(Process process, string reportPath)
    {
        _process = process;
        _reportPath = reportPath;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = ReadErrorsAsync(process.StandardError);
    }

    /// <summary>Starts the command line. <c>REPORT</c> in it stands for the path of its report.</summary>
    public static LatlabProcess Start(IReadOnlyList<string> command)
    {
        var report = Path.GetTempFileName();
        var start = new ProcessStartInfo(command[0], command.Skip(1).Select(argument => argument == "REPORT" ? report : argument))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        var process = Process.Start(start)!;
        // As in a pod: standard input is at its end.
        process.StandardInput.Close();
        return new LatlabProcess(process, report);
    }

    /// <summary>Whether a text is on its standard error by now, in a line that is complete.</summary>
    public bool HasSaid(string text)
    {
        lock (_said)
        {
            return _said.ToString().Contains(text, StringComparison.Ordinal);
        }
    }

    public void Terminate() => Assert.Equal(0, Kill(_process.Id, 15));

    /// <summary>Stops it until <see cref="Resume"/>, as a machine does that has no time for it.</summary>
    public void Pause() => Assert.Equal(0, Kill(_process.Id, 19));

    public void Resume() => Assert.Equal(0, Kill(_process.Id, 18));

    /// <summary>Packets that were sent on a device of its network namespace; 0 while <c>nsenter</c> has not entered that yet.</summary>
    public long PacketsSentOn(string device) =>
        File.ReadLines($"/proc/{_process.Id}/net/dev").SingleOrDefault(line => line.TrimStart().StartsWith(device + ":", StringComparison.Ordinal))
            is { } line
            ? long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[10], CultureInfo.InvariantCulture)
            : 0;

    /// <summary>CPUs that its thread of a name may run on.</summary>
    public string AllowedCpusOfThread(string name)
    {
        const string field = "Cpus_allowed_list:";
        var thread = Directory.EnumerateDirectories($"/proc/{_process.Id}/task")
            .Single(task => File.ReadAllText(Path.Combine(task, "comm")).Trim() == name);
        return File.ReadLines(Path.Combine(thread, "status")).Single(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..].Trim();
    }

    /// <summary>Waits for the end.</summary>
    public async Task<(int ExitCode, string Output, string Error)> WaitAsync()
    {
        using var tooLong = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(tooLong.Token);
        return (_process.ExitCode, await _output, await _error);
    }

    /// <summary>Waits for the end, which must be a success, and reads the report.</summary>
    public async Task<T> SucceedAsync<T>(JsonTypeInfo<T> type)
    {
        var (exitCode, output, error) = await WaitAsync();
        Assert.True(exitCode == 0, $"exit code {exitCode}\n{output}\n{error}");
        return Report(type);
    }

    public T Report<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(File.ReadAllBytes(_reportPath), type)!;

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
        File.Delete(_reportPath);
    }

    private async Task<string> ReadErrorsAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_said)
            {
                _said.Append(line).Append('\n');
            }
        }

        return _said.ToString();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
