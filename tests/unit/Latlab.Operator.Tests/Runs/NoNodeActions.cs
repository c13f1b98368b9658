using Latlab.Operator.Reboots;

namespace Latlab.Operator.Tests.Runs;

/// <summary>Nothing is done to nodes for runs.</summary>
internal sealed class NoNodeActions : INodeActions
{
    public Task CordonAsync(string node, string tuningUid, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task UncordonAsync(string node, string tuningUid, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task TaintAsync(string node, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task UntaintAsync(string node, CancellationToken cancellationToken) => throw new NotSupportedException();
}
