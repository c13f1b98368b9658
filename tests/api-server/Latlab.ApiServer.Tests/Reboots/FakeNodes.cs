using System.Collections.Concurrent;
using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;

namespace Latlab.ApiServer.Tests.Reboots;

/// <summary>
/// Agents and kubelets of nodes. Each generation of a spec needs a reboot, and so does its end. A reboot takes some looks; an agent that has crashed misses some.
/// </summary>
internal sealed class FakeNodes : IAsyncDisposable
{
    private const int AtOnce = 8;
    private const int LongestReboot = 6;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly IKubernetes _kubernetes;
    private readonly IEntityClient _client;
    private readonly IEntityCache<V1Alpha1NodeTuning> _tunings;
    private readonly string _prefix;
    private readonly Random _chance;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, State> _states = new();
    private readonly Task _work;

    public FakeNodes(IKubernetes kubernetes, IEntityClient client, IEntityCache<V1Alpha1NodeTuning> tunings, string prefix, int seed)
    {
        (_kubernetes, _client, _tunings, _prefix, _chance) = (kubernetes, client, tunings, prefix, new Random(seed));
        _work = WorkAsync();
    }

    /// <summary>Part of looks that an agent misses.</summary>
    public double Crashes { get; set; }

    /// <summary>Nodes whose kernel drops the arguments.</summary>
    public ConcurrentDictionary<string, bool> Stubborn { get; } = new();

    /// <summary>Reboots by node.</summary>
    public ConcurrentDictionary<string, int> Reboots { get; } = new();

    /// <summary>Makes a node.</summary>
    public Task JoinAsync(string name, CancellationToken cancellationToken) => _kubernetes.CoreV1.CreateNodeAsync(
        new V1Node
        {
            Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { [_prefix] = "yes" } },
            Status = Status(Get(name), ready: true),
        },
        cancellationToken: cancellationToken);

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

    private State Get(string name) => _states.GetOrAdd(name, static name => new State { Name = name });

    private async Task WorkAsync()
    {
        while (true)
        {
            await Parallel.ForEachAsync(
                _tunings.List().Where(tuning => tuning.Metadata.Name.StartsWith(_prefix, StringComparison.Ordinal)),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = _stop.Token },
                async (tuning, token) => await LookAsync(tuning, Get(tuning.Metadata.Name), token));
            await Task.Delay(Interval, _stop.Token);
        }
    }

    private async Task LookAsync(V1Alpha1NodeTuning tuning, State node, CancellationToken token)
    {
        double chance;
        lock (_chance)
        {
            chance = _chance.NextDouble();
        }

        try
        {
            if (node.Down > 0)
            {
                await BootAsync(tuning, node, token);
            }
            else if (chance >= Crashes)
            {
                await RunAsync(tuning, node, chance, token);
            }
        }
        catch (ApiException exception) when (exception.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound)
        {
            // It changed meanwhile, or is gone: the next look sees that.
        }
        catch (HttpOperationException exception) when (exception.Response.StatusCode is HttpStatusCode.NotFound)
        {
            // The node left the cluster.
        }
    }

    private async Task BootAsync(V1Alpha1NodeTuning tuning, State node, CancellationToken token)
    {
        if (--node.Down == 0)
        {
            node.Boot++;
            node.Booted = Stubborn.ContainsKey(node.Name) ? node.Booted : Wish(tuning);
            await WriteAsync(node, ready: true, token);
        }
    }

    private async Task RunAsync(V1Alpha1NodeTuning tuning, State node, double chance, CancellationToken token)
    {
        var status = StatusOf(tuning, node);
        if (tuning.Status is not { } known || known.BootId != status.BootId || known.ObservedGeneration != status.ObservedGeneration
            || status.Conditions.Any(wanted => known.Conditions.Get(wanted.Type)?.Status != wanted.Status))
        {
            await _client.UpdateStatusAsync(new V1Alpha1NodeTuning { Metadata = tuning.Metadata, Spec = tuning.Spec, Status = status }, token);
        }
        else if (status.Conditions.IsTrue(NodeTuningConditions.RebootRequired)
            && tuning.Metadata.Annotations?.TryGetValue(RebootGrant.BootIdAnnotation, out var boot) == true && boot == status.BootId)
        {
            node.Down = 1 + (int)(chance * LongestReboot);
            Reboots.AddOrUpdate(node.Name, 1, (_, before) => before + 1);
            await WriteAsync(node, ready: false, token);
        }
    }

    private static NodeTuningStatus StatusOf(V1Alpha1NodeTuning tuning, State node)
    {
        var (isDeleted, isBooted) = (tuning.Metadata.DeletionTimestamp is not null, node.Booted == Wish(tuning));
        IReadOnlyList<Condition> conditions = [];
        foreach (var (type, holds) in ((string, bool)[])
            [(NodeTuningConditions.Effective, isBooted && !isDeleted), (NodeTuningConditions.Restored, isDeleted), (NodeTuningConditions.RebootRequired, !isBooted)])
        {
            conditions = conditions.With(type, holds ? ConditionStatus.True : ConditionStatus.False, "Said", "said by a test", tuning.Metadata.Generation, DateTimeOffset.UtcNow);
        }

        return new NodeTuningStatus { ObservedGeneration = tuning.Metadata.Generation, BootId = node.BootId, Conditions = conditions };
    }

    private static long Wish(V1Alpha1NodeTuning tuning) => tuning.Metadata.DeletionTimestamp is null ? tuning.Spec.TunedNode.Generation : 0;

    private Task<V1Node> WriteAsync(State node, bool ready, CancellationToken token) => _kubernetes.CoreV1.PatchNodeStatusAsync(
        new V1Patch(KubernetesJson.Serialize(new { status = Status(node, ready) }), V1Patch.PatchType.MergePatch), node.Name, cancellationToken: token);

    private static V1NodeStatus Status(State node, bool ready) => new()
    {
        Conditions = [new V1NodeCondition { Type = "Ready", Status = ready ? "True" : "Unknown", Reason = "Said", LastTransitionTime = DateTime.UtcNow }],
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

    private sealed class State
    {
        public required string Name { get; init; }

        public int Boot { get; set; } = 1;

        public long Booted { get; set; }

        /// <summary>Looks until it is up again.</summary>
        public int Down { get; set; }

        public string BootId => $"{Name}-{Boot}";
    }
}
