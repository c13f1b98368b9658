namespace Latlab.Operator.Runtime;

/// <summary>What every informer needs.</summary>
internal sealed record InformerContext(
    ApiConnection Connection, OperatorRuntimeOptions Options, TimeProvider Time, RuntimeMetrics Metrics, ILoggerFactory Loggers);
