using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>What was registered with the runtime before the host was built.</summary>
internal sealed class RuntimeRegistrations
{
    private readonly List<InformerRegistration> _informers = [];
    private readonly List<ControllerRegistration> _controllers = [];

    public IReadOnlyList<ControllerRegistration> Controllers => _controllers;

    public InformerRegistration<TEntity> Informer<TEntity>(string? @namespace, string? labelSelector)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        var known = _informers.OfType<InformerRegistration<TEntity>>()
            .FirstOrDefault(informer => informer.Namespace == @namespace && informer.LabelSelector == labelSelector);
        if (known is not null)
        {
            return known;
        }

        var registration = new InformerRegistration<TEntity>(@namespace, labelSelector);
        _informers.Add(registration);
        return registration;
    }

    public void Add(ControllerRegistration controller) => _controllers.Add(controller);

    /// <summary>The registered informers, and one over all namespaces for each kind that a controller needs and that has none.</summary>
    public IReadOnlyList<InformerRegistration> AllInformers() => [
        .. _informers,
        .. _controllers
            .SelectMany(controller => controller.DefaultInformers())
            .DistinctBy(informer => informer.EntityType)
            .Where(informer => !_informers.Exists(known => known.EntityType == informer.EntityType)),
    ];
}
