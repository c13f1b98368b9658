using System.Collections.Concurrent;
using Latlab.Operator.Runtime;

namespace Latlab.ApiServer.Tests.Runtime;

/// <summary>Does what the test says, and keeps the books.</summary>
internal sealed class WidgetReconciler(Func<Widget, CancellationToken, Task<ReconciliationResult>> reconcile) : IReconciler<Widget>
{
    private readonly ConcurrentDictionary<string, int> _running = new();
    private int _overlaps;

    public ConcurrentDictionary<string, int> Passes { get; } = new();

    /// <summary>How often an object was reconciled while it was being reconciled.</summary>
    public int Overlaps => _overlaps;

    public int PassesOf(string name) => Passes.GetValueOrDefault(name);

    public async Task<ReconciliationResult> ReconcileAsync(Widget entity, CancellationToken cancellationToken)
    {
        var name = entity.Metadata.Name;
        if (_running.AddOrUpdate(name, 1, (_, count) => count + 1) > 1)
        {
            Interlocked.Increment(ref _overlaps);
        }

        try
        {
            return await reconcile(entity, cancellationToken);
        }
        finally
        {
            // Counted at the end: a pass that is counted has done its work.
            Passes.AddOrUpdate(name, 1, (_, count) => count + 1);
            _running.AddOrUpdate(name, 0, (_, count) => count - 1);
        }
    }
}
