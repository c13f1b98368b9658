using System.Collections.Concurrent;
using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;
using Testing;

namespace Latlab.ApiServer.Tests.Reboots;

/// <summary>Nodes of a cluster, and what the <see cref="FakeNode"/> of each does. Their names begin with the prefix.</summary>
internal sealed class FakeNodes : IAsyncDisposable
{
    private const int AtOnce = 8;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly IKubernetes _kubernetes;
    private readonly IEntityClient _client;
    private readonly IEntityCache<V1Alpha1NodeTuning> _tunings;
    private readonly string _prefix;
    private readonly int _seed;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, FakeNode> _nodes = new();
    private readonly Task _work;
    private int _lives;

    public FakeNodes(IKubernetes kubernetes, IEntityClient client, IEntityCache<V1Alpha1NodeTuning> tunings, string prefix, int seed)
    {
        (_kubernetes, _client, _tunings, _prefix, _seed) = (kubernetes, client, tunings, prefix, seed);
        _work = WorkAsync();
    }

    /// <summary>Part of looks at which an agent crashes.</summary>
    public double Crashes { get; set; }

    /// <summary>Nodes whose kernel drops the arguments.</summary>
    public ConcurrentDictionary<string, bool> Stubborn { get; } = new();

    /// <summary>Reboots by node.</summary>
    public ConcurrentDictionary<string, int> Reboots { get; } = new();

    /// <summary>Makes a node.</summary>
    /// <param name="name">Name.</param>
    /// <param name="isCordoned">Whether an administrator has cordoned it.</param>
    /// <param name="isLate">Whether its first reboot takes longer than it may.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task JoinAsync(string name, bool isCordoned = false, bool isLate = false, CancellationToken cancellationToken = default)
    {
        // By the name but for its random part, so that a node's fate is the seed's and not its turn's.
        var seed = name[_prefix.Length..].Aggregate(_seed, (hash, digit) => unchecked((hash * 31) + digit));
        var node = new FakeNode($"{name}-{Interlocked.Increment(ref _lives)}", seed) { IsLate = isLate };
        await _kubernetes.CoreV1.CreateNodeAsync(
            new V1Node
            {
                Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { [_prefix] = "yes" } },
                Spec = new V1NodeSpec { Unschedulable = isCordoned ? true : null },
                Status = Status(node, ready: true),
            },
            cancellationToken: cancellationToken);
        _nodes[name] = node;
    }

    /// <summary>A node leaves the cluster, its agent with it.</summary>
    public Task VanishAsync(string name, CancellationToken cancellationToken)
    {
        _nodes.TryRemove(name, out _);
        return _kubernetes.CoreV1.DeleteNodeAsync(name, cancellationToken: cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _work;
        }
        catch (OperationCanceledException)
        {
            // As asked. Anything else is what the test waited for in vain.
        }

        _stop.Dispose();
    }

    private async Task WorkAsync()
    {
        while (true)
        {
            await Parallel.ForEachAsync(
                _tunings.List().Where(tuning => tuning.Metadata.Name.StartsWith(_prefix, StringComparison.Ordinal)),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = _stop.Token },
                async (tuning, token) => await LookAsync(tuning, token));
            await Task.Delay(Interval, _stop.Token);
        }
    }

    private async Task LookAsync(V1Alpha1NodeTuning tuning, CancellationToken token)
    {
        var name = tuning.Metadata.Name;
        if (!_nodes.TryGetValue(name, out var node))
        {
            return;
        }

        try
        {
            switch (node.Look(tuning, Crashes, Stubborn.ContainsKey(name)))
            {
                case FakeAct.Report report:
                    await _client.UpdateStatusAsync(
                        new V1Alpha1NodeTuning { Metadata = tuning.Metadata, Spec = tuning.Spec, Status = report.Status }, token);
                    break;
                case FakeAct.GoDown:
                    Reboots.AddOrUpdate(name, 1, (_, before) => before + 1);
                    await WriteAsync(name, node, ready: false, token);
                    break;
                case FakeAct.ComeBack:
                    await WriteAsync(name, node, ready: true, token);
                    break;
            }
        }
        catch (Exception exception) when (!token.IsCancellationRequested && exception is ApiException or TimeoutException or HttpRequestException)
        {
            // It changed meanwhile, is gone, or the server stalled: the next look sees that.
        }
    }

    /// <summary>Until it is written: the node has moved on, and does not say it again.</summary>
    private Task WriteAsync(string name, FakeNode node, bool ready, CancellationToken token)
    {
        var patch = new V1Patch(KubernetesJson.Serialize(new { status = Status(node, ready) }), V1Patch.PatchType.MergePatch);
        return Eventually.TrueAsync(
            async () =>
            {
                if (token.IsCancellationRequested)
                {
                    return true;
                }

                try
                {
                    await _kubernetes.CoreV1.PatchNodeStatusAsync(patch, name, cancellationToken: token);
                }
                catch (HttpOperationException exception) when (exception.Response.StatusCode is HttpStatusCode.NotFound)
                {
                    // The node left the cluster.
                }

                return true;
            },
            "the node's status is written");
    }

    private static V1NodeStatus Status(FakeNode node, bool ready) => new()
    {
        Conditions =
        [
            new V1NodeCondition
            {
                Type = "Ready",
                Status = ready ? "True" : "Unknown",
                Reason = "Said",
                LastTransitionTime = DateTime.UtcNow,
            },
        ],
        NodeInfo = new V1NodeSystemInfo
        {
            BootID = node.BootId,
            Architecture = "amd64",
            ContainerRuntimeVersion = "none",
            KernelVersion = "none",
            KubeletVersion = "none",
            KubeProxyVersion = "none",
            MachineID = "none",
            OperatingSystem = "linux",
            OsImage = "none",
            SystemUUID = "none",
        },
    };
}
