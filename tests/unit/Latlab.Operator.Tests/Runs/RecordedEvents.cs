using k8s;
using k8s.Models;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Tests.Runs;

internal sealed class RecordedEvents : IEventPublisher
{
    public List<(string Reason, string Message)> All { get; } = [];

    public Task PublishAsync(IKubernetesObject<V1ObjectMeta> entity, EventType type, string reason, string message, CancellationToken cancellationToken)
    {
        All.Add((reason, message));
        return Task.CompletedTask;
    }
}
