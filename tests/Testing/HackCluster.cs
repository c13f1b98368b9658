using System.Diagnostics;

namespace Testing;

/// <summary>Runs hack/cluster for a cluster of that name.</summary>
internal sealed class HackCluster(string repositoryRoot, string name)
{
    /// <summary>Runs a command and returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has the end of what it said.</exception>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(repositoryRoot, "hack", "cluster"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LATLAB_CLUSTER"] = name },
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var said = process.StandardError.ReadToEndAsync();
        var printed = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? printed
            : throw new InvalidOperationException(
                $"hack/cluster {string.Join(' ', arguments)} for {name}: exit code {process.ExitCode}; try it by hand\n{await said}");
    }

    public async Task<string> KubeconfigAsync()
    {
        const string Start = "export KUBECONFIG=";
        var exports = await RunAsync("env");
        return exports.Split('\n').First(line => line.StartsWith(Start, StringComparison.Ordinal))[Start.Length..].Trim('\'', '"');
    }
}
