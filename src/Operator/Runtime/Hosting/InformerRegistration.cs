using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>The wish for an informer; equal wishes share one.</summary>
internal abstract class InformerRegistration(string? @namespace, string? labelSelector)
{
    public string? Namespace { get; } = @namespace;

    public string? LabelSelector { get; } = labelSelector;

    public abstract Type EntityType { get; }

    public abstract IInformer Create(InformerContext context);
}

/// <inheritdoc/>
internal sealed class InformerRegistration<TEntity>(string? @namespace, string? labelSelector) : InformerRegistration(@namespace, labelSelector)
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    public InformerBuilder<TEntity> Settings { get; } = new();

    public override Type EntityType => typeof(TEntity);

    public override IInformer Create(InformerContext context) =>
        new SharedInformer<TEntity>(Namespace, LabelSelector, Settings.Indexes, context);
}
