using Latlab.Operator.Reboots;

namespace Latlab.Operator.Tests.Runs;

/// <summary>Nothing is done to nodes for runs; what is left of reboots is taken away.</summary>
internal sealed class NoNodeActions : INodeActions
{
    public List<(string Node, string TuningUid)> Uncordoned { get; } = [];

    public Task CordonAsync(string node, string tuningUid, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task UncordonAsync(string node, string tuningUid, CancellationToken cancellationToken)
    {
        Uncordoned.Add((node, tuningUid));
        return Task.CompletedTask;
    }

    public Task CountRebootAsync(string node, string? seen, string counted, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task TaintAsync(string node, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task UntaintAsync(string node, CancellationToken cancellationToken) => throw new NotSupportedException();
}
