using k8s;
using k8s.Models;
using Latlab.Crds.Experiments;
using Latlab.Crds.Runs;
using Latlab.Operator.Entities;
using Latlab.Operator.Experiments;
using Latlab.Operator.Runs;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Tests.Experiments;

public sealed class ExperimentObserverTests
{
    private readonly EntityStore<V1Alpha1LatencyRun> _runs = new("run", new Dictionary<string, Func<V1Alpha1LatencyRun, IEnumerable<string>>>
    {
        [RunIndexes.ByExperimentUid] = run => run.Metadata.OwnerReferences.Select(o => o.Uid),
    });

    [Fact]
    public void An_experiment_without_spec_or_TunedNode_is_observed_without_an_exception()
    {
        Assert.Null(Read(new V1Alpha1LatencyExperiment { Metadata = Named("x"), Spec = null! }).TunedNode);
        Assert.Null(Read(new V1Alpha1LatencyExperiment { Metadata = Named("x"), Spec = new LatencyExperimentSpec { TunedNode = null! } }).TunedNode);
    }

    [Fact]
    public void Only_its_own_runs_are_read_in_order()
    {
        foreach (var (name, owner, repetition) in new[] { ("x-2", "uid-x", 2), ("x-1", "uid-x", 1), ("y-1", "uid-y", 1) })
        {
            var metadata = Named(name);
            metadata.OwnerReferences = [new V1OwnerReference { Uid = owner }];
            _runs.Set(new V1Alpha1LatencyRun { Metadata = metadata, Spec = new LatencyRunSpec { Repetition = repetition } });
        }

        Assert.Equal(["x-1", "x-2"], Read(new V1Alpha1LatencyExperiment { Metadata = Named("x") }).Runs.Select(r => r.Metadata.Name));
    }

    private ExperimentObservation Read(V1Alpha1LatencyExperiment experiment) =>
        new ExperimentObserver(Store<V1Alpha1TunedNode>(), Store<V1Alpha1NodeTuning>(), _runs, Store<V1Node>()).Read(experiment);

    private static V1ObjectMeta Named(string name) => new() { Name = name, NamespaceProperty = "ns", Uid = "uid-" + name };

    private static EntityStore<T> Store<T>()
        where T : class, IKubernetesObject<V1ObjectMeta> => new(typeof(T).Name, new Dictionary<string, Func<T, IEnumerable<string>>>());
}
