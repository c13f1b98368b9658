using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>Tells users what happened to an object: <c>kubectl describe</c>, <c>kubectl get events</c>.</summary>
internal interface IEventPublisher
{
    /// <summary>
    /// Records an event, to be sent in the background. The same reason and message about the same object raise the count of one Event. A
    /// failure is logged and counted, never thrown.
    /// </summary>
    public void Publish(IKubernetesObject<V1ObjectMeta> entity, EventType type, string reason, string message);
}
