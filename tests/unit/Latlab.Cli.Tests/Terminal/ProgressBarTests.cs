using Latlab.Cli.Tests.Live;

namespace Latlab.Cli.Tests.Terminal;

/// <summary>Commands that take long, on a terminal (of <c>script</c>) and in a pipe.</summary>
public sealed class ProgressBarTests : IDisposable
{
    /// <summary>What a bar is made of.</summary>
    private const string Bar = "━━━";

    private static readonly string Latlab = Path.Combine(AppContext.BaseDirectory, "latlab");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latlab-progress-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_is_written_is_counted()
    {
        string[] command = [Latlab, "synth", Path.Combine(_folder.FullName, "pair"), "--packets", "100000"];
        Assert.Matches($"[1-9][0-9,]* packets.*{Bar}", await OnTerminalAsync(command));
        await AssertQuietInAPipeAsync(command);
    }

    [Fact]
    public async Task What_is_read_of_a_folder_is_counted()
    {
        foreach (var rate in new[] { 10, 20, 30 })
        {
            var path = Path.Combine(_folder.FullName, $"rate{rate}.hist.csv");
            await File.WriteAllTextAsync(path, "latency_bucket,count\n4200,3\n", TestContext.Current.CancellationToken);
        }

        string[] command = [Latlab, "import", _folder.FullName, "--from", "tum-csv", "-o", Path.Combine(_folder.FullName, "results")];
        Assert.Matches($"3 of 3 measurements.*{Bar}", await OnTerminalAsync(command));
        await AssertQuietInAPipeAsync(command);
    }

    /// <summary>And what else there is to say stands above it.</summary>
    [Fact]
    public async Task What_is_captured_and_dropped_is_counted()
    {
        using var network = new NetworkNamespace();
        string[] capture = [Latlab, "capture", "w1a", "w1b", "--duration", "2s"];
        var output = await OnTerminalAsync(["nsenter", $"--net=/run/netns/{network.Name}", .. capture], exitCode: null);
        Assert.Matches($"[0-9]+ packets, 0 dropped.*{Bar}", output);
        Assert.Contains("latlab capture: capturing on w1a and w1b for 2 s", output, StringComparison.Ordinal);
    }

    private static async Task AssertQuietInAPipeAsync(string[] command)
    {
        using var latlab = LatlabProcess.Start(command);
        var (exitCode, output, error) = await latlab.WaitAsync();
        Assert.Equal((0, ""), (exitCode, error));
        Assert.DoesNotContain(Bar, output, StringComparison.Ordinal);
    }

    /// <summary>All that a terminal is told, both outputs of the command in one line.</summary>
    private static async Task<string> OnTerminalAsync(string[] command, int? exitCode = 0)
    {
        using var latlab = LatlabProcess.Start(["env", "TERM=xterm", "script", "-qec", string.Join(' ', command), "/dev/null"]);
        var (code, output, error) = await latlab.WaitAsync();
        Assert.True(exitCode is null || code == exitCode, output + error);
        return output.ReplaceLineEndings(" ");
    }
}
