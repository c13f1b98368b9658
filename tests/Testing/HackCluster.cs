namespace Testing;

/// <summary>Runs hack/cluster for a cluster of that name.</summary>
internal sealed class HackCluster(string repositoryRoot, string name)
{
    /// <summary>Runs a command and returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has the end of what it said.</exception>
    public Task<string> RunAsync(params string[] arguments) => Programs.RunAsync(
        Path.Combine(repositoryRoot, "hack", "cluster"), arguments, repositoryRoot, new Dictionary<string, string> { ["LATLAB_CLUSTER"] = name });

    public Task<string> KubeconfigAsync() => ExportAsync("KUBECONFIG");

    /// <summary>Path of the cluster's network namespace.</summary>
    public Task<string> NetworkNamespaceAsync() => ExportAsync("LATLAB_NETNS");

    private async Task<string> ExportAsync(string variable)
    {
        var start = $"export {variable}=";
        return (await RunAsync("env")).Split('\n').First(line => line.StartsWith(start, StringComparison.Ordinal))[start.Length..].Trim('\'', '"');
    }
}
