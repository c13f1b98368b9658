using Latlab.Operator.Runtime;

namespace Latlab.ApiServer.Tests.Runtime;

/// <summary>Is not done before the test says so.</summary>
internal sealed class BlockingFinalizer : IEntityFinalizer<Widget>
{
    public const string FinalizerName = "test.latlab.dev/blocking";

    private int _calls;

    public string Name => FinalizerName;

    public bool MayGo { get; set; }

    public int Calls => _calls;

    public Task<ReconciliationResult> FinalizeAsync(Widget entity, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        return Task.FromResult(ReconciliationResult.Success(MayGo ? null : TimeSpan.FromMilliseconds(20)));
    }
}
