using Latlab.Operator.Runtime;

namespace Latlab.ApiServer.Tests.Runtime;

/// <summary>Is done at once, and says so in the status, so that the object changes before the finalizer is removed.</summary>
internal sealed class StatusFinalizer(IEntityClient client) : IEntityFinalizer<Widget>
{
    private int _calls;

    public string Name => "test.latlab.dev/status";

    public int Calls => _calls;

    public async Task<ReconciliationResult> FinalizeAsync(Widget entity, CancellationToken cancellationToken)
    {
        entity.Status = new WidgetStatus { ObservedGeneration = Interlocked.Increment(ref _calls) };
        await client.UpdateStatusAsync(entity, cancellationToken);
        return ReconciliationResult.Success();
    }
}
