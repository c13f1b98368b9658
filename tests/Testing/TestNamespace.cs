using k8s;

namespace Testing;

/// <summary>A namespace of one test; its deletion is asked for at the end, not waited for.</summary>
public sealed class TestNamespace(IKubernetes client, string name) : IAsyncDisposable
{
    public string Name => name;

    public async ValueTask DisposeAsync() => await client.CoreV1.DeleteNamespaceAsync(name);

    public override string ToString() => name;
}
