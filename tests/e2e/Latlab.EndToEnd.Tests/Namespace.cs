namespace Latlab.EndToEnd.Tests;

/// <summary>A namespace for the time of a test.</summary>
internal sealed class Namespace(ClusterFixture cluster, string name) : IAsyncDisposable
{
    public string Name { get; } = name;

    public Task CreateAsync() => cluster.Kubectl.RunAsync("create", "namespace", Name);

    public async ValueTask DisposeAsync() => await cluster.Kubectl.RunAsync("delete", "namespace", Name, "--timeout=60s");
}
