using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>All informers.</summary>
internal sealed class InformerSet(RuntimeRegistrations registrations, InformerContext context) : IEntityCaches
{
    private readonly IReadOnlyList<IInformer> _informers = [.. registrations.AllInformers().Select(registration => registration.Create(context))];

    public IReadOnlyList<IInformer> Everyone => _informers;

    /// <summary>The informers of a kind: more than one when they were registered for several namespaces or selectors.</summary>
    public IEnumerable<IInformer<TEntity>> All<TEntity>()
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => _informers.OfType<IInformer<TEntity>>();

    public IEntityCache<TEntity> Of<TEntity>(string? @namespace = null)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        var found = All<TEntity>().Where(informer => @namespace is null || informer.Namespace == @namespace).ToList();
        return found.Count == 1
            ? found[0].Cache
            : throw new InvalidOperationException(
                $"{found.Count} informers of {typeof(TEntity).Name} are registered{(@namespace is null ? "" : $" for namespace {@namespace}")}; "
                + (found.Count == 0 ? "add one by AddInformer" : "ask IEntityCaches for the cache of one namespace"));
    }
}
