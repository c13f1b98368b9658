using System.Collections.Concurrent;
using k8s;
using Latlab.Operator.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Latlab.ApiServer.Tests.Runtime;

/// <summary>An operator in the test's process.</summary>
internal sealed class TestOperator : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly LogLines _log = new();

    private TestOperator(
        KubernetesClientConfiguration connection, Action<OperatorRuntimeOptions>? configure, Action<IServiceCollection> register)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(_log);
        builder.Services.AddOperatorRuntime(options =>
        {
            options.ClientConfiguration = connection;
            options.LeaderElection = false;
            configure?.Invoke(options);
        });
        register(builder.Services);
        _host = builder.Build();
    }

    public IServiceProvider Services => _host.Services;

    public IEntityClient Client => Services.GetRequiredService<IEntityClient>();

    public Leadership Leadership => Services.GetRequiredService<Leadership>();

    public RuntimeMetrics Metrics => Services.GetRequiredService<RuntimeMetrics>();

    public OperatorService Runtime => Services.GetRequiredService<OperatorService>();

    public string Identity => Services.GetRequiredService<OperatorRuntimeOptions>().Identity;

    /// <summary>What it logged, level first.</summary>
    public IReadOnlyList<string> Log => [.. _log.Lines];

    /// <summary>Completes when it stops, by itself or not.</summary>
    public CancellationToken Stopping => Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    public IEntityCache<T> Cache<T>()
        where T : class, IKubernetesObject<k8s.Models.V1ObjectMeta> => Services.GetRequiredService<IEntityCaches>().Of<T>();

    /// <summary>Starts an operator and waits until it knows all objects.</summary>
    public static async Task<TestOperator> StartAsync(
        Testing.ApiServer server, Action<IServiceCollection> register, Action<OperatorRuntimeOptions>? configure = null)
    {
        var started = new TestOperator(server.Configuration(), configure, register);
        await started._host.StartAsync();
        await Testing.Eventually.TrueAsync(() => started.Runtime.NotSynced.Count == 0, "the informers have synced");
        return started;
    }

    /// <summary>Stops it as Kubernetes does.</summary>
    public Task StopAsync() => _host.StopAsync();

    /// <summary>Ends it as a crash does: nothing is finished, nothing released.</summary>
    public void Kill() => _host.Dispose();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private sealed class LogLines : ILoggerProvider
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Logger(Lines);

        public void Dispose()
        {
        }

        private sealed class Logger(ConcurrentQueue<string> lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

            public void Log<TState>(LogLevel level, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> format) =>
                lines.Enqueue($"{level}: {format(state, exception)} {exception?.GetType().Name} {exception?.Message}");
        }
    }
}
