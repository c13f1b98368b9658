using k8s;
using k8s.Models;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Tests.Runs;

internal sealed class RecordedEvents : IEventPublisher
{
    public List<(string Reason, string Message)> All { get; } = [];

    public void Publish(IKubernetesObject<V1ObjectMeta> entity, EventType type, string reason, string message)
    {
        lock (All)
        {
            All.Add((reason, message));
        }
    }
}
