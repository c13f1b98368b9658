using k8s.Models;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;
using Latlab.Operator.Reboots;
using Latlab.Operator.Reservations;
using Latlab.Operator.Tests.Runs;
using Latlab.Operator.TunedNodes;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.Operator.Tests.Reboots;

/// <summary>
/// The nodes of a TunedNode, and what happens to them. <see cref="FleetRules"/> sees all that the operator does.
/// </summary>
internal sealed class SimulatedFleet
{
    private static readonly Dictionary<string, string> Label = new() { ["lab"] = "yes" };

    private readonly FleetInvariant _invariant;
    private readonly SimulatedOperator _operator;
    private int _joined;
    private int _tuned;

    public SimulatedFleet(int nodes, DisruptionPolicy policy)
    {
        Client = new SimulatedClient(Api);
        Agents = new SimulatedAgents(Api, Clock);
        Pods = new SimulatedPods(Client);
        _operator = new SimulatedOperator(Api, Client, Pods, Clock);
        _invariant = new FleetInvariant(policy.MaxUnavailable, policy.MaxRebootsPerGeneration);
        Api.Changed += new FleetRules(Api, Pods, _invariant).Check;
        policy.Reboot = RebootPolicy.WhenRequired;
        Api.Put(new V1Alpha1TunedNode
        {
            Metadata = new V1ObjectMeta { Name = "lab", Uid = "uid-lab", Generation = 1 },
            Spec = new TunedNodeSpec { NodeSelector = Label, Boot = new BootTuning(), Disruption = policy, Kernel = Arguments(1) },
        });
        foreach (var n in Enumerable.Range(0, nodes))
        {
            Join($"n{n:00}");
        }

        Caches.Sync();
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2030, 1, 4, 12, 0, 0, TimeSpan.Zero));

    public SimulatedApi Api { get; } = new();

    public SimulatedClient Client { get; }

    public SimulatedCaches Caches => _operator.Caches;

    public SimulatedAgents Agents { get; }

    public SimulatedPods Pods { get; }

    public RebootObserver Observer => _operator.Observer;

    public RecordedEvents Events => _operator.Events;

    /// <summary>Most nodes of ours that were out of work at once.</summary>
    public int MostOut => _invariant.MostOut;

    /// <summary>Grants so far.</summary>
    public int Grants => _invariant.Grants;

    public V1Alpha1TunedNode TunedNode => Api.Find<V1Alpha1TunedNode>("lab")!;

    public IEnumerable<string> Names => Api.All<V1Node>().Select(node => node.Metadata.Name).Order(StringComparer.Ordinal).ToList();

    public V1Node Node(string name) => Api.Find<V1Node>(name)!;

    public V1Alpha1NodeTuning Tuning(string name) => Api.Find<V1Alpha1NodeTuning>(name)!;

    public RebootRecord Record(string name) => RebootRecord.Of(Api.Find<V1Alpha1NodeTuning>(name));

    public V1Lease? Lease(string name) => Api.Find<V1Lease>(NodeReservation.LeaseName(name));

    public RebootPlan Plan() => RebootPlanner.Plan(Observer.Read(TunedNode), Clock.GetUtcNow());

    /// <summary>A node comes into the cluster.</summary>
    public void Join(string name)
    {
        _joined++;
        Api.Put(new V1Node
        {
            Metadata = new V1ObjectMeta { Name = name, Uid = $"node-{_joined}", Labels = new Dictionary<string, string>(Label) },
            Spec = new V1NodeSpec(),
            Status = new V1NodeStatus
            {
                Conditions = [new V1NodeCondition { Type = "Ready", Status = "True" }],
                NodeInfo = new V1NodeSystemInfo { BootID = Agents.NextBootId() },
            },
        });
        Pods[name].Clear();
        Tune(name);
        Agents.Join(name);
    }

    /// <summary>It gets a NodeTuning, a new one when it had one before.</summary>
    public void Tune(string name) => Api.Put(new V1Alpha1NodeTuning
    {
        Metadata = new V1ObjectMeta { Name = name, Uid = $"tuning-{++_tuned}", Generation = 1 },
        Spec = Wish(),
    });

    /// <summary>A node leaves it, and with it its NodeTuning; the ReservationController frees its Lease.</summary>
    public void Vanish(string name)
    {
        Api.Remove<V1Node>(name);
        Api.Remove<V1Alpha1NodeTuning>(name);
        if (NodeReservation.RebootOf(Lease(name)) is not null)
        {
            Api.Remove<V1Lease>(NodeReservation.LeaseName(name));
        }
    }

    /// <summary>The spec is changed, and the new wish reaches every node.</summary>
    public void Change()
    {
        Api.Edit<V1Alpha1TunedNode>("lab", tunedNode =>
        {
            tunedNode.Metadata.Generation++;
            tunedNode.Spec = tunedNode.Spec with { Kernel = Arguments(tunedNode.Metadata.Generation!.Value) };
        });
        foreach (var name in Names)
        {
            Api.Edit<V1Alpha1NodeTuning>(name, tuning =>
            {
                tuning.Metadata.Generation++;
                tuning.Spec = Wish();
            });
        }
    }

    /// <summary>A run takes the node, if nobody has it.</summary>
    public void StartRun(string name)
    {
        if (Lease(name) is null)
        {
            Api.Put(NodeReservation.Lease(SimulatedOperator.Settings.RunsNamespace, name, "run-1", "ns/run", Clock.GetUtcNow()));
        }
    }

    public void EndRun(string name)
    {
        if (Lease(name) is { } lease && NodeReservation.RebootOf(lease) is null)
        {
            Api.Remove<V1Lease>(lease.Metadata.Name);
        }
    }

    /// <inheritdoc cref="SimulatedOperator.PassAsync"/>
    public Task<bool> PassAsync() => _operator.PassAsync("lab");

    /// <summary>Lets everything go its way, without faults, for so many passes.</summary>
    public async Task SettleAsync(int passes, bool comeBack = true)
    {
        for (var i = 0; i < passes; i++)
        {
            Caches.Sync();
            await PassAsync();
            foreach (var name in Names)
            {
                Agents.Look(name);
                if (comeBack)
                {
                    Agents.Return(name);
                }

                Agents.Look(name);
            }

            Clock.Advance(TimeSpan.FromSeconds(5));
        }

        Caches.Sync();
    }

    private NodeTuningSpec Wish() => new ResolvedWish(TunedNode).Spec;

    private static KernelTuning Arguments(long generation) => new() { Arguments = [$"isolcpus={generation}"] };
}
