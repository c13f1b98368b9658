using System.Diagnostics;

namespace Latlab.Cli.Tests.Nodes;

/// <summary>A <c>kubectl</c> in front of the PATH that answers by what it is asked, and the built program that asks it.</summary>
internal sealed class FakeKubectl : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latlab-kubectl-");
    private readonly List<string> _cases = [];

    /// <summary>What it was asked, a line each.</summary>
    public IReadOnlyList<string> Asked => File.Exists(Path("asked")) ? File.ReadAllLines(Path("asked")) : [];

    /// <summary>What it was given on standard input last.</summary>
    public string Input => File.ReadAllText(Path("input"));

    /// <summary>
    /// What it prints when its arguments match a shell pattern; with an exit code, to standard error if that is 1 and to standard output
    /// else.
    /// </summary>
    public FakeKubectl Answers(string pattern, string answer, int exitCode = 0)
    {
        var file = Path($"answer{_cases.Count}");
        File.WriteAllText(file, answer);
        _cases.Add($"  {pattern}) cat '{file}' {(exitCode == 1 && !answer.StartsWith('{') ? ">&2" : "")}; exit {exitCode} ;;\n");
        return this;
    }

    public async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        await File.WriteAllTextAsync(
            Path("kubectl"),
            $"#!/bin/sh\nprintf '%s\\n' \"$*\" >>'{Path("asked")}'\ncase \"$*\" in exec*) cat >'{Path("input")}' ;; esac\ncase \"$*\" in\n{string.Concat(_cases)}esac\n"
            + "echo \"unexpected: $*\" >&2; exit 9\n");
        File.SetUnixFileMode(Path("kubectl"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo(System.IO.Path.Combine(AppContext.BaseDirectory, "latlab"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_folder.FullName}:{start.Environment["PATH"]}";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);
}
