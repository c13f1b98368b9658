using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>The wish for a controller.</summary>
internal abstract class ControllerRegistration
{
    public abstract IEnumerable<InformerRegistration> DefaultInformers();

    public abstract IController Create(IServiceProvider services);
}

/// <inheritdoc/>
internal sealed class ControllerRegistration<TReconciler, TEntity>(ControllerBuilder<TEntity> settings) : ControllerRegistration
    where TReconciler : class, IReconciler<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    public override IEnumerable<InformerRegistration> DefaultInformers() =>
        settings.Watched.Select(watch => watch.DefaultInformer()).Prepend(new InformerRegistration<TEntity>(null, null));

    public override IController Create(IServiceProvider services)
    {
        var finalizers = settings.Finalizers.Select(type => (IEntityFinalizer<TEntity>)services.GetRequiredService(type));
        var pass = new EntityPass<TEntity>(
            services.GetRequiredService<TReconciler>(), [.. finalizers], services.GetRequiredService<IEntityClient>());
        return new Controller<TEntity>(
            typeof(TReconciler).Name,
            pass,
            settings,
            services.GetRequiredService<InformerSet>(),
            services.GetRequiredService<RuntimeMetrics>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILoggerFactory>());
    }
}
