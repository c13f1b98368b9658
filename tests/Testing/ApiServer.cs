using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using k8s;
using k8s.Models;

namespace Testing;

/// <summary>
/// A real kube-apiserver for tests: that of the KUBECONFIG when LATLAB_TEST_USE_KUBECONFIG=1, else one of its own by hack/cluster (which
/// honours KUBEBUILDER_ASSETS), taken down at the end unless LATLAB_KEEP=1.
/// </summary>
public sealed class ApiServer : IAsyncDisposable
{
    private readonly HackCluster? _cluster;

    private ApiServer(HackCluster? cluster, string? kubeconfig)
    {
        _cluster = cluster;
        Kubeconfig = kubeconfig;
        Client = new Kubernetes(Configuration());
    }

    /// <summary>The checkout that the tests were built from.</summary>
    public static string RepositoryRoot { get; } = typeof(ApiServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(metadata => metadata.Key == "RepositoryRoot").Value!;

    /// <summary>Path of the kubeconfig file; null is the client's default.</summary>
    public string? Kubeconfig { get; }

    /// <summary>An administrator's client.</summary>
    public IKubernetes Client { get; }

    /// <summary>Whether the tests own the server and may restart it.</summary>
    public bool CanRestart => _cluster is not null;

    public static async Task<ApiServer> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("LATLAB_TEST_USE_KUBECONFIG") == "1")
        {
            return new ApiServer(null, Environment.GetEnvironmentVariable("KUBECONFIG"));
        }

        // Named for the checkout: two of them side by side do not meet.
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(RepositoryRoot)))[..6];
        var cluster = new HackCluster(RepositoryRoot, $"latlab-apitest-{hash}");
        await cluster.RunAsync("up", "--api-only");
        return new ApiServer(cluster, await cluster.KubeconfigAsync());
    }

    /// <summary>Settings of an administrator's client, to be changed at will.</summary>
    public KubernetesClientConfiguration Configuration() => KubernetesClientConfiguration.BuildConfigFromConfigFile(Kubeconfig);

    /// <summary>Makes a namespace for one test.</summary>
    public async Task<TestNamespace> NewNamespaceAsync()
    {
        var name = $"test-{Guid.NewGuid().ToString("N")[..12]}";
        await Client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = name } });
        return new TestNamespace(Client, name);
    }

    /// <summary>Ends the kube-apiserver and starts it again; returns when it answers.</summary>
    public Task RestartAsync() => _cluster is null
        ? throw new InvalidOperationException("The API server of a given KUBECONFIG is not ours to restart")
        : _cluster.RunAsync("restart", "kube-apiserver");

    /// <summary>Lets the API server connect to a port on this machine's loopback.</summary>
    public async Task<WayIn> LetInAsync(int port)
    {
        if (_cluster is null)
        {
            throw new InvalidOperationException("The API server of a given KUBECONFIG may have no way to this machine");
        }

        var itself = await Client.CoreV1.ReadNamespacedEndpointsAsync("kubernetes", "default");
        return WayIn.Open(await _cluster.NetworkNamespaceAsync(), itself.Subsets[0].Addresses[0].Ip, port);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_cluster is not null && Environment.GetEnvironmentVariable("LATLAB_KEEP") != "1")
        {
            await _cluster.RunAsync("down");
        }
    }
}
