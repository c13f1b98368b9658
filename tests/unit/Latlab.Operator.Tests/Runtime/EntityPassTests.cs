using k8s;
using k8s.Models;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Tests.Runtime;

/// <summary>Each test is one pass: whatever events of the pass's own writes bring comes after it, if a predicate lets it.</summary>
public sealed class EntityPassTests
{
    private readonly FakeClient _client = new();
    private readonly List<string> _calls = [];

    [Fact]
    public async Task Finalizers_are_set_and_the_object_that_bears_them_is_reconciled_in_one_pass()
    {
        var result = await Pass("a.b/one", "a.b/two").RunAsync(Map(), TestContext.Current.CancellationToken);

        Assert.Equal(["reconcile a.b/one a.b/two"], _calls);
        Assert.True(result.IsSuccess);
    }

    [Fact]
    public async Task Nothing_is_reconciled_when_the_object_went_before_it_had_its_finalizer()
    {
        _client.IsGone = true;

        await Pass("a.b/one").RunAsync(Map(), TestContext.Current.CancellationToken);

        Assert.Empty(_calls);
    }

    [Fact]
    public async Task Each_finalizer_that_is_done_lets_the_next_one_run_in_the_same_pass()
    {
        await Pass("a.b/one", "a.b/two").RunAsync(Deleted("a.b/one", "a.b/two", "other/three"), TestContext.Current.CancellationToken);

        Assert.Equal(["a.b/one of a.b/one a.b/two other/three", "a.b/two of a.b/two other/three"], _calls);
        Assert.Equal(["a.b/one", "a.b/two"], _client.Removed);
    }

    [Fact]
    public async Task A_finalizer_that_is_not_done_keeps_the_object_and_those_after_it_wait()
    {
        var result = await Pass("a.b/waits", "a.b/two").RunAsync(Deleted("a.b/waits", "a.b/two"), TestContext.Current.CancellationToken);

        Assert.Equal(["a.b/waits of a.b/waits a.b/two"], _calls);
        Assert.Empty(_client.Removed);
        Assert.Equal(TimeSpan.FromSeconds(1), result.RequeueAfter);
    }

    [Fact]
    public async Task Without_finalizers_an_object_that_is_being_deleted_is_reconciled()
    {
        await Pass().RunAsync(Deleted("other/three"), TestContext.Current.CancellationToken);

        Assert.Equal(["reconcile other/three"], _calls);
    }

    private EntityPass<V1ConfigMap> Pass(params string[] finalizers) =>
        new(new Reconciler(_calls), [.. finalizers.Select(name => new Finalizer(name, _calls))], _client);

    private static V1ConfigMap Map() => new() { Metadata = new V1ObjectMeta { Name = "a", NamespaceProperty = "n", ResourceVersion = "1" } };

    private static V1ConfigMap Deleted(params string[] finalizers)
    {
        var map = Map();
        map.Metadata.DeletionTimestamp = DateTime.UnixEpoch;
        map.Metadata.Finalizers = finalizers;
        return map;
    }

    private static string Names(V1ConfigMap map) => string.Join(' ', map.Metadata.Finalizers ?? []);

    private sealed class Reconciler(List<string> calls) : IReconciler<V1ConfigMap>
    {
        public Task<ReconciliationResult> ReconcileAsync(V1ConfigMap entity, CancellationToken cancellationToken)
        {
            calls.Add($"reconcile {Names(entity)}");
            return Task.FromResult(ReconciliationResult.Success());
        }
    }

    private sealed class Finalizer(string name, List<string> calls) : IEntityFinalizer<V1ConfigMap>
    {
        public string Name => name;

        public Task<ReconciliationResult> FinalizeAsync(V1ConfigMap entity, CancellationToken cancellationToken)
        {
            calls.Add($"{name} of {Names(entity)}");
            return Task.FromResult(ReconciliationResult.Success(name.EndsWith("waits", StringComparison.Ordinal) ? TimeSpan.FromSeconds(1) : null));
        }
    }

    /// <summary>Answers with a changed copy, as the server does.</summary>
    private sealed class FakeClient : IEntityClient
    {
        public bool IsGone { get; set; }

        public List<string> Removed { get; } = [];

        public Task<T?> AddFinalizerAsync<T>(T entity, string finalizer, CancellationToken cancellationToken)
            where T : class, IKubernetesObject<V1ObjectMeta> =>
            Task.FromResult(IsGone ? null : With(entity, [.. entity.Metadata.Finalizers ?? [], finalizer]));

        public Task<T?> RemoveFinalizerAsync<T>(T entity, string finalizer, CancellationToken cancellationToken)
            where T : class, IKubernetesObject<V1ObjectMeta>
        {
            Removed.Add(finalizer);
            return Task.FromResult<T?>(With(entity, [.. entity.Metadata.Finalizers.Where(name => name != finalizer)]));
        }

        public Task<T?> GetAsync<T>(string? @namespace, string name, CancellationToken cancellationToken)
            where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

        public Task<IReadOnlyList<T>> ListAsync<T>(string? @namespace, CancellationToken cancellationToken)
            where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

        public Task<T?> AnnotateAsync<T>(
            string? @namespace, string name, IReadOnlyDictionary<string, string?> annotations, CancellationToken cancellationToken)
            where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

        public Task<T?> TryCreateAsync<T>(T entity, CancellationToken cancellationToken)
            where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

        public Task<T> ApplyAsync<T>(T entity, CancellationToken cancellationToken)
            where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

        public Task<T> UpdateStatusAsync<T>(T entity, CancellationToken cancellationToken)
            where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

        public Task<T> ReplaceAsync<T>(T entity, CancellationToken cancellationToken)
            where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

        public Task DeleteAsync<T>(string? @namespace, string name, string? uid, CancellationToken cancellationToken, int? gracePeriodSeconds = null)
            where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

        private static T With<T>(T entity, IList<string> finalizers)
            where T : class, IKubernetesObject<V1ObjectMeta>
        {
            var copy = ApiJson.Copy(entity);
            copy.Metadata.Finalizers = finalizers;
            return copy;
        }
    }
}
