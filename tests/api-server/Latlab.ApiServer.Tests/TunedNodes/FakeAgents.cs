using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;

namespace Latlab.ApiServer.Tests.TunedNodes;

/// <summary>The agents of all nodes: each reports some time after its wish changed, as it is in effect at once or put back.</summary>
internal sealed class FakeAgents : IAsyncDisposable
{
    private const int AtOnce = 32;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly IEntityClient _client;
    private readonly IEntityCache<V1Alpha1NodeTuning> _tunings;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;

    public FakeAgents(IEntityClient client, IEntityCache<V1Alpha1NodeTuning> tunings)
    {
        (_client, _tunings) = (client, tunings);
        _work = WorkAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _work;
        }
        catch (OperationCanceledException)
        {
            // As asked. Anything else is what the test waited for in vain.
        }

        _stop.Dispose();
    }

    private async Task WorkAsync()
    {
        while (true)
        {
            var open = _tunings.List().Where(IsOpen).ToList();
            await Parallel.ForEachAsync(
                open, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = _stop.Token }, async (tuning, token) => await ReportAsync(tuning, token));
            await Task.Delay(Interval, _stop.Token);
        }
    }

    private static bool IsOpen(V1Alpha1NodeTuning tuning) =>
        tuning.Status?.ObservedGeneration != tuning.Metadata.Generation
        || (tuning.Metadata.DeletionTimestamp is not null && tuning.Status?.Conditions.IsTrue(NodeTuningConditions.Restored) != true);

    private async Task ReportAsync(V1Alpha1NodeTuning tuning, CancellationToken token)
    {
        var isDeleted = tuning.Metadata.DeletionTimestamp is not null;
        var ledger = tuning.Spec.Kernel!.Sysctls.Select(sysctl => new LedgerEntry
        {
            Knob = $"kernel.sysctls[{sysctl.Key}]",
            Requested = sysctl.Value,
            Effective = sysctl.Value,
            Evidence = "/proc/sys/" + sysctl.Key.Replace('.', '/'),
            State = KnobState.InEffect,
        }).ToList();
        var status = new NodeTuningStatus
        {
            ObservedGeneration = tuning.Metadata.Generation,
            BootId = "boot",
            InEffect = $"{ledger.Count}/{ledger.Count}",
            Ledger = ledger,
            Conditions = ((IReadOnlyList<Condition>)[])
                .With(NodeTuningConditions.Effective, isDeleted ? ConditionStatus.False : ConditionStatus.True, "Said", "said by a test", tuning.Metadata.Generation, DateTimeOffset.UtcNow)
                .With(NodeTuningConditions.Restored, isDeleted ? ConditionStatus.True : ConditionStatus.False, "Said", "said by a test", tuning.Metadata.Generation, DateTimeOffset.UtcNow),
        };
        try
        {
            await _client.UpdateStatusAsync(new V1Alpha1NodeTuning { Metadata = tuning.Metadata, Spec = tuning.Spec, Status = status }, token);
        }
        catch (Exception exception) when (!token.IsCancellationRequested && exception is ApiException or TimeoutException or HttpRequestException)
        {
            // It changed meanwhile, is gone, or the server stalled: the next look sees that.
        }
    }
}
