using k8s.Models;
using Latlab.Operator.Reboots;
using Latlab.Operator.Runtime;

namespace Latlab.ApiServer.Tests.Reboots;

/// <summary>
/// Every change of nodes in the order in which the API server made it: how many of them were cordoned by reboots at once.
/// </summary>
internal sealed class CordonWatch
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _cordoned = [];

    public CordonWatch(InformerSet informers, string prefix) => informers.All<V1Node>().Single().Subscribe((before, after) =>
    {
        var name = (after ?? before)!.Metadata.Name;
        if (!name.StartsWith(prefix, StringComparison.Ordinal))
        {
            return;
        }

        lock (_gate)
        {
            if (after?.Spec?.Unschedulable == true && CordonMark.Of(after) is not null)
            {
                _cordoned.Add(name);
                Ever.Add(name);
            }
            else
            {
                _cordoned.Remove(name);
            }

            Most = Math.Max(Most, _cordoned.Count);
        }
    });

    public int Most { get; private set; }

    /// <summary>Nodes that ever were.</summary>
    public HashSet<string> Ever { get; } = [];
}
