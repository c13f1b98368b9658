using Latlab.ApiServer.Tests.Runtime;
using Testing;

namespace Latlab.ApiServer.Tests.Reboots.Rollout;

/// <summary>The operator as a Deployment of two replicas runs it: each a process, and one that ends gets a successor.</summary>
internal sealed class OperatorReplicas(string kubeconfig, string @namespace) : IAsyncDisposable
{
    private const int Replicas = 2;
    private readonly List<OperatorProgram> _running = [];
    private readonly List<OperatorCost> _ended = [];

    /// <summary>Those that ended and were not killed.</summary>
    public int EndedByThemselves { get; private set; }

    public void Start()
    {
        EndedByThemselves += _running.RemoveAll(replica => replica.HasEnded);
        while (_running.Count < Replicas)
        {
            _running.Add(OperatorProgram.Start(kubeconfig, @namespace, "--allow-reboots"));
        }
    }

    /// <summary>Waits until one leads.</summary>
    public Task<OperatorProgram> LeaderAsync() => Eventually.GetAsync(
        async () =>
        {
            Start();
            foreach (var replica in _running)
            {
                if (await replica.LeadsAsync())
                {
                    return replica;
                }
            }

            return null;
        },
        "an operator leads");

    /// <summary>Kills the one that leads, as a node's end would.</summary>
    public async Task KillLeaderAsync()
    {
        var leader = await LeaderAsync();
        _ended.Add(await leader.CostAsync());
        _running.Remove(leader);
        await leader.DisposeAsync();
        Start();
    }

    /// <summary>What all of them together have cost up to now.</summary>
    public Task<OperatorCost> CostAsync() => Eventually.GetAsync<OperatorCost>(
        async () =>
        {
            // One that lost its Lease has ended by itself, and what takes its place has to begin to listen.
            Start();
            var costs = await Task.WhenAll(_running.Select(replica => replica.CostAsync()));
            return _ended.Concat(costs).Aggregate((left, right) => left + right);
        },
        "every operator says what it has cost");

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _running)
        {
            await replica.DisposeAsync();
        }
    }
}
