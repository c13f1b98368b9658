using k8s;
using k8s.Models;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Prometheus;

namespace Latlab.Operator.Runtime;

/// <summary>Registers the runtime, informers and controllers.</summary>
internal static class OperatorRuntimeExtensions
{
    /// <summary>Adds what controllers can ask for, and the service that runs them.</summary>
    public static IServiceCollection AddOperatorRuntime(this IServiceCollection services, Action<OperatorRuntimeOptions>? configure = null)
    {
        var options = new OperatorRuntimeOptions();
        configure?.Invoke(options);
        options.Validate();

        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(_ => Prometheus.Metrics.NewCustomRegistry());
        services.TryAddSingleton<IMetricFactory>(provider => Prometheus.Metrics.WithCustomRegistry(provider.GetRequiredService<CollectorRegistry>()));
        services.AddSingleton<RuntimeMetrics>();
        services.AddSingleton<Leadership>();
        services.AddSingleton(_ => ApiConnection.Open(options));
        services.AddSingleton<IKubernetes>(provider => provider.GetRequiredService<ApiConnection>().Client);
        services.AddSingleton<IEntityClient, EntityClient>();
        services.AddSingleton<EventSender>();
        services.AddSingleton<EventPublisher>();
        services.AddSingleton<IEventPublisher>(provider => provider.GetRequiredService<EventPublisher>());
        services.AddSingleton<InformerContext>();
        services.AddSingleton<InformerSet>();
        services.AddSingleton<IEntityCaches>(provider => provider.GetRequiredService<InformerSet>());
        services.AddSingleton(typeof(IEntityCache<>), typeof(EntityCache<>));
        services.AddSingleton<LeaderElectionLoop>();
        services.AddSingleton<OperatorService>();
        services.AddHostedService(provider => provider.GetRequiredService<OperatorService>());
        Registrations(services);
        return services;
    }

    /// <summary>
    /// Keeps a cache of the objects of a kind, in one namespace or all, that match <paramref name="labelSelector"/>. Controllers that need
    /// the kind use this informer, too.
    /// </summary>
    public static IServiceCollection AddInformer<TEntity>(
        this IServiceCollection services, string? @namespace = null, string? labelSelector = null, Action<InformerBuilder<TEntity>>? configure = null)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        var registration = Registrations(services).Informer<TEntity>(@namespace, labelSelector);
        configure?.Invoke(registration.Settings);
        return services;
    }

    /// <summary>Runs <typeparamref name="TReconciler"/> for every object of a kind.</summary>
    public static IServiceCollection AddController<TReconciler, TEntity>(
        this IServiceCollection services, Action<ControllerBuilder<TEntity>>? configure = null)
        where TReconciler : class, IReconciler<TEntity>
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        var settings = new ControllerBuilder<TEntity>();
        configure?.Invoke(settings);
        services.TryAddSingleton<TReconciler>();
        foreach (var finalizer in settings.Finalizers)
        {
            services.TryAddSingleton(finalizer);
        }

        Registrations(services).Add(new ControllerRegistration<TReconciler, TEntity>(settings));
        return services;
    }

    private static RuntimeRegistrations Registrations(IServiceCollection services)
    {
        if (services.FirstOrDefault(service => service.ServiceType == typeof(RuntimeRegistrations))?.ImplementationInstance is RuntimeRegistrations known)
        {
            return known;
        }

        var registrations = new RuntimeRegistrations();
        services.AddSingleton(registrations);
        return registrations;
    }
}
